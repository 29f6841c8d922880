declare i64 @llvm.smin.i64(i64, i64)
declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare void @llvm.masked.store.v64f32.p0(<64 x float>, ptr, i32, <64 x i1>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer15 = alloca [8192 x i8], align 64
  %v1 = load ptr, ptr %arguments, align 8
  %v2 = getelementptr i8, ptr %arguments, i64 8
  %v3 = load ptr, ptr %v2, align 8
  %v4 = getelementptr i8, ptr %arguments, i64 16
  %v5 = load ptr, ptr %v4, align 8
  %v6 = getelementptr i8, ptr %arguments, i64 24
  %v7 = load ptr, ptr %v6, align 8
  %v8 = getelementptr i8, ptr %arguments, i64 32
  %v9 = load ptr, ptr %v8, align 8
  %v10 = load ptr, ptr %v1, align 8
  %v11 = getelementptr i8, ptr %v1, i64 8
  %v12 = load ptr, ptr %v11, align 8
  %v13 = getelementptr i8, ptr %v1, i64 16
  %v14 = load ptr, ptr %v13, align 8
  %v22 = load i64, ptr %v3, align 8
  %v29 = getelementptr i8, ptr %v3, i64 48
  %v30 = load i64, ptr %v29, align 8
  %v33 = getelementptr i8, ptr %v3, i64 56
  %v34 = load i64, ptr %v33, align 8
  %v42 = getelementptr i8, ptr %v3, i64 24
  %v43 = load i64, ptr %v42, align 8
  %v48 = getelementptr i8, ptr %v3, i64 72
  %v49 = load i64, ptr %v48, align 8
  %v52 = load double, ptr %v5, align 8
  %v53 = fptrunc double %v52 to float
  %v54 = insertelement <4 x float> poison, float %v53, i32 0
  %v55 = shufflevector <4 x float> %v54, <4 x float> poison, <4 x i32> zeroinitializer
  %v56 = shufflevector <4 x float> %v55, <4 x float> poison, <64 x i32> zeroinitializer
  br label %main
main:
  %v18 = icmp slt i64 %begin, %end
  br i1 %v18, label %loop16, label %done17
loop16:
  %v19 = phi i64 [ %begin, %main ], [ %v98, %done24 ]
  %v20 = sub i64 %end, %v19
  %v21 = call i64 @llvm.smin.i64(i64 %v20, i64 16)
  %v25 = icmp slt i64 0, %v22
  br i1 %v25, label %loop23, label %done24
loop23:
  %v26 = phi i64 [ 0, %loop16 ], [ %v96, %done38 ]
  %v27 = sub i64 %v22, %v26
  %v28 = call i64 @llvm.smin.i64(i64 %v27, i64 64)
  %v31 = mul i64 %v19, %v30
  %v32 = getelementptr i8, ptr %v12, i64 %v31
  %v35 = mul i64 %v26, %v34
  %v36 = getelementptr i8, ptr %v32, i64 %v35
  call void @tile_copy4(ptr %buffer15, i64 512, i64 4, ptr %v36, i64 %v30, i64 %v34, i64 %v21, i64 %v28)
  %v39 = icmp slt i64 0, %v21
  br i1 %v39, label %loop37, label %done38
loop37:
  %v40 = phi i64 [ 0, %loop23 ], [ %v94, %done64 ]
  %v41 = add i64 %v19, %v40
  %v44 = mul i64 %v41, %v43
  %v45 = getelementptr i8, ptr %v10, i64 %v44
  %v46 = mul i64 %v41, %v30
  %v47 = getelementptr i8, ptr %v12, i64 %v46
  %v50 = mul i64 %v41, %v49
  %v51 = getelementptr i8, ptr %v14, i64 %v50
  %v57 = mul i64 %v26, 4
  %v58 = getelementptr i8, ptr %v45, i64 %v57
  %v59 = mul i64 %v40, 512
  %v60 = getelementptr i8, ptr %buffer15, i64 %v59
  %v61 = mul i64 %v26, 4
  %v62 = getelementptr i8, ptr %v51, i64 %v61
  %v65 = icmp slt i64 0, %v28
  br i1 %v65, label %loop63, label %done64
loop63:
  %v66 = phi i64 [ 0, %loop37 ], [ %v92, %end88 ]
  %v67 = add i64 %v26, %v66
  %v68 = sub i64 %v28, %v66
  %v69 = icmp sge i64 %v68, 64
  %v70 = mul i64 %v66, 4
  %v71 = getelementptr i8, ptr %v58, i64 %v70
  %v72 = getelementptr i8, ptr %v60, i64 %v70
  %v73 = getelementptr i8, ptr %v62, i64 %v70
  br i1 %v69, label %then74, label %else75, !prof !0
then74:
  %v77 = load <64 x float>, ptr %v71, align 1
  br label %end76
else75:
  %v78 = shl i64 -1, %v68
  %v79 = xor i64 %v78, -1
  %v80 = bitcast i64 %v79 to <64 x i1>
  %v81 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v71, i32 1, <64 x i1> %v80, <64 x float> zeroinitializer)
  br label %end76
end76:
  %v82 = phi <64 x float> [ %v77, %then74 ], [ %v81, %else75 ]
  %v83 = load <64 x float>, ptr %v72, align 1
  %v84 = fmul <64 x float> %v83, %v56
  %v85 = fadd <64 x float> %v82, %v84
  br i1 %v69, label %then86, label %else87, !prof !0
then86:
  store <64 x float> %v85, ptr %v73, align 1
  br label %end88
else87:
  %v89 = shl i64 -1, %v68
  %v90 = xor i64 %v89, -1
  %v91 = bitcast i64 %v90 to <64 x i1>
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v85, ptr %v73, i32 1, <64 x i1> %v91)
  br label %end88
end88:
  %v92 = add i64 %v66, 64
  %v93 = icmp slt i64 %v92, %v28
  br i1 %v93, label %loop63, label %done64
done64:
  %v94 = add i64 %v40, 1
  %v95 = icmp slt i64 %v94, %v21
  br i1 %v95, label %loop37, label %done38
done38:
  %v96 = add i64 %v26, 64
  %v97 = icmp slt i64 %v96, %v22
  br i1 %v97, label %loop23, label %done24
done24:
  %v98 = add i64 %v19, 16
  %v99 = icmp slt i64 %v98, %end
  br i1 %v99, label %loop16, label %done17
done17:
  ret i64 0
}

define internal void @tile_copy4(ptr %target, i64 %target_row, i64 %target_column, ptr %source, i64 %source_row, i64 %source_column, i64 %rows, i64 %count) nounwind {
entry:
  br label %main
main:
  %v1 = icmp eq i64 %rows, 16
  %v2 = icmp eq i64 %source_row, 4
  %v3 = and i1 %v1, %v2
  %v4 = icmp eq i64 %target_column, 4
  %v5 = and i1 %v3, %v4
  %v6 = icmp eq i64 %source_column, 4
  %v7 = and i1 %v1, %v6
  %v8 = icmp eq i64 %target_row, 4
  %v9 = and i1 %v7, %v8
  br i1 %v5, label %then10, label %else11
then10:
  %v13 = urem i64 %count, 16
  %v14 = sub i64 %count, %v13
  %v17 = icmp slt i64 0, %v14
  br i1 %v17, label %loop15, label %done16
loop15:
  %v18 = phi i64 [ 0, %then10 ], [ %v161, %loop15 ]
  %v19 = mul i64 %v18, %source_column
  %v20 = getelementptr i8, ptr %source, i64 %v19
  %v21 = mul i64 %v18, %target_column
  %v22 = getelementptr i8, ptr %target, i64 %v21
  %v23 = load <16 x i32>, ptr %v20, align 1
  %v24 = getelementptr i8, ptr %v20, i64 %source_column
  %v25 = load <16 x i32>, ptr %v24, align 1
  %v26 = mul i64 %source_column, 2
  %v27 = getelementptr i8, ptr %v20, i64 %v26
  %v28 = load <16 x i32>, ptr %v27, align 1
  %v29 = mul i64 %source_column, 3
  %v30 = getelementptr i8, ptr %v20, i64 %v29
  %v31 = load <16 x i32>, ptr %v30, align 1
  %v32 = mul i64 %source_column, 4
  %v33 = getelementptr i8, ptr %v20, i64 %v32
  %v34 = load <16 x i32>, ptr %v33, align 1
  %v35 = mul i64 %source_column, 5
  %v36 = getelementptr i8, ptr %v20, i64 %v35
  %v37 = load <16 x i32>, ptr %v36, align 1
  %v38 = mul i64 %source_column, 6
  %v39 = getelementptr i8, ptr %v20, i64 %v38
  %v40 = load <16 x i32>, ptr %v39, align 1
  %v41 = mul i64 %source_column, 7
  %v42 = getelementptr i8, ptr %v20, i64 %v41
  %v43 = load <16 x i32>, ptr %v42, align 1
  %v44 = mul i64 %source_column, 8
  %v45 = getelementptr i8, ptr %v20, i64 %v44
  %v46 = load <16 x i32>, ptr %v45, align 1
  %v47 = mul i64 %source_column, 9
  %v48 = getelementptr i8, ptr %v20, i64 %v47
  %v49 = load <16 x i32>, ptr %v48, align 1
  %v50 = mul i64 %source_column, 10
  %v51 = getelementptr i8, ptr %v20, i64 %v50
  %v52 = load <16 x i32>, ptr %v51, align 1
  %v53 = mul i64 %source_column, 11
  %v54 = getelementptr i8, ptr %v20, i64 %v53
  %v55 = load <16 x i32>, ptr %v54, align 1
  %v56 = mul i64 %source_column, 12
  %v57 = getelementptr i8, ptr %v20, i64 %v56
  %v58 = load <16 x i32>, ptr %v57, align 1
  %v59 = mul i64 %source_column, 13
  %v60 = getelementptr i8, ptr %v20, i64 %v59
  %v61 = load <16 x i32>, ptr %v60, align 1
  %v62 = mul i64 %source_column, 14
  %v63 = getelementptr i8, ptr %v20, i64 %v62
  %v64 = load <16 x i32>, ptr %v63, align 1
  %v65 = mul i64 %source_column, 15
  %v66 = getelementptr i8, ptr %v20, i64 %v65
  %v67 = load <16 x i32>, ptr %v66, align 1
  %v68 = shufflevector <16 x i32> %v23, <16 x i32> %v25, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v69 = shufflevector <16 x i32> %v28, <16 x i32> %v31, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v70 = shufflevector <16 x i32> %v23, <16 x i32> %v25, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v71 = shufflevector <16 x i32> %v28, <16 x i32> %v31, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v72 = shufflevector <16 x i32> %v68, <16 x i32> %v69, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v73 = shufflevector <16 x i32> %v68, <16 x i32> %v69, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v74 = shufflevector <16 x i32> %v70, <16 x i32> %v71, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v75 = shufflevector <16 x i32> %v70, <16 x i32> %v71, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v76 = shufflevector <16 x i32> %v34, <16 x i32> %v37, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v77 = shufflevector <16 x i32> %v40, <16 x i32> %v43, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v78 = shufflevector <16 x i32> %v34, <16 x i32> %v37, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v79 = shufflevector <16 x i32> %v40, <16 x i32> %v43, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v80 = shufflevector <16 x i32> %v76, <16 x i32> %v77, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v81 = shufflevector <16 x i32> %v76, <16 x i32> %v77, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v82 = shufflevector <16 x i32> %v78, <16 x i32> %v79, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v83 = shufflevector <16 x i32> %v78, <16 x i32> %v79, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v84 = shufflevector <16 x i32> %v46, <16 x i32> %v49, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v85 = shufflevector <16 x i32> %v52, <16 x i32> %v55, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v86 = shufflevector <16 x i32> %v46, <16 x i32> %v49, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v87 = shufflevector <16 x i32> %v52, <16 x i32> %v55, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v88 = shufflevector <16 x i32> %v84, <16 x i32> %v85, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v89 = shufflevector <16 x i32> %v84, <16 x i32> %v85, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v90 = shufflevector <16 x i32> %v86, <16 x i32> %v87, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v91 = shufflevector <16 x i32> %v86, <16 x i32> %v87, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v92 = shufflevector <16 x i32> %v58, <16 x i32> %v61, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v93 = shufflevector <16 x i32> %v64, <16 x i32> %v67, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v94 = shufflevector <16 x i32> %v58, <16 x i32> %v61, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v95 = shufflevector <16 x i32> %v64, <16 x i32> %v67, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v96 = shufflevector <16 x i32> %v92, <16 x i32> %v93, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v97 = shufflevector <16 x i32> %v92, <16 x i32> %v93, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v98 = shufflevector <16 x i32> %v94, <16 x i32> %v95, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v99 = shufflevector <16 x i32> %v94, <16 x i32> %v95, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v100 = shufflevector <16 x i32> %v72, <16 x i32> %v80, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v101 = shufflevector <16 x i32> %v72, <16 x i32> %v80, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v102 = shufflevector <16 x i32> %v88, <16 x i32> %v96, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v103 = shufflevector <16 x i32> %v88, <16 x i32> %v96, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v104 = shufflevector <16 x i32> %v100, <16 x i32> %v102, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v105 = shufflevector <16 x i32> %v100, <16 x i32> %v102, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v106 = shufflevector <16 x i32> %v101, <16 x i32> %v103, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v107 = shufflevector <16 x i32> %v101, <16 x i32> %v103, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v108 = shufflevector <16 x i32> %v73, <16 x i32> %v81, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v109 = shufflevector <16 x i32> %v73, <16 x i32> %v81, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v110 = shufflevector <16 x i32> %v89, <16 x i32> %v97, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v111 = shufflevector <16 x i32> %v89, <16 x i32> %v97, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v112 = shufflevector <16 x i32> %v108, <16 x i32> %v110, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v113 = shufflevector <16 x i32> %v108, <16 x i32> %v110, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v114 = shufflevector <16 x i32> %v109, <16 x i32> %v111, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v115 = shufflevector <16 x i32> %v109, <16 x i32> %v111, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v116 = shufflevector <16 x i32> %v74, <16 x i32> %v82, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v117 = shufflevector <16 x i32> %v74, <16 x i32> %v82, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v118 = shufflevector <16 x i32> %v90, <16 x i32> %v98, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v119 = shufflevector <16 x i32> %v90, <16 x i32> %v98, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v120 = shufflevector <16 x i32> %v116, <16 x i32> %v118, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v121 = shufflevector <16 x i32> %v116, <16 x i32> %v118, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v122 = shufflevector <16 x i32> %v117, <16 x i32> %v119, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v123 = shufflevector <16 x i32> %v117, <16 x i32> %v119, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v124 = shufflevector <16 x i32> %v75, <16 x i32> %v83, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v125 = shufflevector <16 x i32> %v75, <16 x i32> %v83, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v126 = shufflevector <16 x i32> %v91, <16 x i32> %v99, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v127 = shufflevector <16 x i32> %v91, <16 x i32> %v99, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v128 = shufflevector <16 x i32> %v124, <16 x i32> %v126, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v129 = shufflevector <16 x i32> %v124, <16 x i32> %v126, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v130 = shufflevector <16 x i32> %v125, <16 x i32> %v127, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v131 = shufflevector <16 x i32> %v125, <16 x i32> %v127, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  store <16 x i32> %v104, ptr %v22, align 1
  %v132 = getelementptr i8, ptr %v22, i64 %target_row
  store <16 x i32> %v112, ptr %v132, align 1
  %v133 = mul i64 %target_row, 2
  %v134 = getelementptr i8, ptr %v22, i64 %v133
  store <16 x i32> %v120, ptr %v134, align 1
  %v135 = mul i64 %target_row, 3
  %v136 = getelementptr i8, ptr %v22, i64 %v135
  store <16 x i32> %v128, ptr %v136, align 1
  %v137 = mul i64 %target_row, 4
  %v138 = getelementptr i8, ptr %v22, i64 %v137
  store <16 x i32> %v106, ptr %v138, align 1
  %v139 = mul i64 %target_row, 5
  %v140 = getelementptr i8, ptr %v22, i64 %v139
  store <16 x i32> %v114, ptr %v140, align 1
  %v141 = mul i64 %target_row, 6
  %v142 = getelementptr i8, ptr %v22, i64 %v141
  store <16 x i32> %v122, ptr %v142, align 1
  %v143 = mul i64 %target_row, 7
  %v144 = getelementptr i8, ptr %v22, i64 %v143
  store <16 x i32> %v130, ptr %v144, align 1
  %v145 = mul i64 %target_row, 8
  %v146 = getelementptr i8, ptr %v22, i64 %v145
  store <16 x i32> %v105, ptr %v146, align 1
  %v147 = mul i64 %target_row, 9
  %v148 = getelementptr i8, ptr %v22, i64 %v147
  store <16 x i32> %v113, ptr %v148, align 1
  %v149 = mul i64 %target_row, 10
  %v150 = getelementptr i8, ptr %v22, i64 %v149
  store <16 x i32> %v121, ptr %v150, align 1
  %v151 = mul i64 %target_row, 11
  %v152 = getelementptr i8, ptr %v22, i64 %v151
  store <16 x i32> %v129, ptr %v152, align 1
  %v153 = mul i64 %target_row, 12
  %v154 = getelementptr i8, ptr %v22, i64 %v153
  store <16 x i32> %v107, ptr %v154, align 1
  %v155 = mul i64 %target_row, 13
  %v156 = getelementptr i8, ptr %v22, i64 %v155
  store <16 x i32> %v115, ptr %v156, align 1
  %v157 = mul i64 %target_row, 14
  %v158 = getelementptr i8, ptr %v22, i64 %v157
  store <16 x i32> %v123, ptr %v158, align 1
  %v159 = mul i64 %target_row, 15
  %v160 = getelementptr i8, ptr %v22, i64 %v159
  store <16 x i32> %v131, ptr %v160, align 1
  %v161 = add i64 %v18, 16
  %v162 = icmp slt i64 %v161, %v14
  br i1 %v162, label %loop15, label %done16
done16:
  br label %end12
else11:
  br i1 %v9, label %then163, label %else164
then163:
  %v166 = urem i64 %count, 16
  %v167 = sub i64 %count, %v166
  %v170 = icmp slt i64 0, %v167
  br i1 %v170, label %loop168, label %done169
loop168:
  %v171 = phi i64 [ 0, %then163 ], [ %v314, %loop168 ]
  %v172 = mul i64 %v171, %source_column
  %v173 = getelementptr i8, ptr %source, i64 %v172
  %v174 = mul i64 %v171, %target_column
  %v175 = getelementptr i8, ptr %target, i64 %v174
  %v176 = load <16 x i32>, ptr %v173, align 1
  %v177 = getelementptr i8, ptr %v173, i64 %source_row
  %v178 = load <16 x i32>, ptr %v177, align 1
  %v179 = mul i64 %source_row, 2
  %v180 = getelementptr i8, ptr %v173, i64 %v179
  %v181 = load <16 x i32>, ptr %v180, align 1
  %v182 = mul i64 %source_row, 3
  %v183 = getelementptr i8, ptr %v173, i64 %v182
  %v184 = load <16 x i32>, ptr %v183, align 1
  %v185 = mul i64 %source_row, 4
  %v186 = getelementptr i8, ptr %v173, i64 %v185
  %v187 = load <16 x i32>, ptr %v186, align 1
  %v188 = mul i64 %source_row, 5
  %v189 = getelementptr i8, ptr %v173, i64 %v188
  %v190 = load <16 x i32>, ptr %v189, align 1
  %v191 = mul i64 %source_row, 6
  %v192 = getelementptr i8, ptr %v173, i64 %v191
  %v193 = load <16 x i32>, ptr %v192, align 1
  %v194 = mul i64 %source_row, 7
  %v195 = getelementptr i8, ptr %v173, i64 %v194
  %v196 = load <16 x i32>, ptr %v195, align 1
  %v197 = mul i64 %source_row, 8
  %v198 = getelementptr i8, ptr %v173, i64 %v197
  %v199 = load <16 x i32>, ptr %v198, align 1
  %v200 = mul i64 %source_row, 9
  %v201 = getelementptr i8, ptr %v173, i64 %v200
  %v202 = load <16 x i32>, ptr %v201, align 1
  %v203 = mul i64 %source_row, 10
  %v204 = getelementptr i8, ptr %v173, i64 %v203
  %v205 = load <16 x i32>, ptr %v204, align 1
  %v206 = mul i64 %source_row, 11
  %v207 = getelementptr i8, ptr %v173, i64 %v206
  %v208 = load <16 x i32>, ptr %v207, align 1
  %v209 = mul i64 %source_row, 12
  %v210 = getelementptr i8, ptr %v173, i64 %v209
  %v211 = load <16 x i32>, ptr %v210, align 1
  %v212 = mul i64 %source_row, 13
  %v213 = getelementptr i8, ptr %v173, i64 %v212
  %v214 = load <16 x i32>, ptr %v213, align 1
  %v215 = mul i64 %source_row, 14
  %v216 = getelementptr i8, ptr %v173, i64 %v215
  %v217 = load <16 x i32>, ptr %v216, align 1
  %v218 = mul i64 %source_row, 15
  %v219 = getelementptr i8, ptr %v173, i64 %v218
  %v220 = load <16 x i32>, ptr %v219, align 1
  %v221 = shufflevector <16 x i32> %v176, <16 x i32> %v178, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v222 = shufflevector <16 x i32> %v181, <16 x i32> %v184, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v223 = shufflevector <16 x i32> %v176, <16 x i32> %v178, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v224 = shufflevector <16 x i32> %v181, <16 x i32> %v184, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v225 = shufflevector <16 x i32> %v221, <16 x i32> %v222, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v226 = shufflevector <16 x i32> %v221, <16 x i32> %v222, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v227 = shufflevector <16 x i32> %v223, <16 x i32> %v224, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v228 = shufflevector <16 x i32> %v223, <16 x i32> %v224, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v229 = shufflevector <16 x i32> %v187, <16 x i32> %v190, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v230 = shufflevector <16 x i32> %v193, <16 x i32> %v196, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v231 = shufflevector <16 x i32> %v187, <16 x i32> %v190, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v232 = shufflevector <16 x i32> %v193, <16 x i32> %v196, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v233 = shufflevector <16 x i32> %v229, <16 x i32> %v230, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v234 = shufflevector <16 x i32> %v229, <16 x i32> %v230, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v235 = shufflevector <16 x i32> %v231, <16 x i32> %v232, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v236 = shufflevector <16 x i32> %v231, <16 x i32> %v232, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v237 = shufflevector <16 x i32> %v199, <16 x i32> %v202, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v238 = shufflevector <16 x i32> %v205, <16 x i32> %v208, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v239 = shufflevector <16 x i32> %v199, <16 x i32> %v202, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v240 = shufflevector <16 x i32> %v205, <16 x i32> %v208, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v241 = shufflevector <16 x i32> %v237, <16 x i32> %v238, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v242 = shufflevector <16 x i32> %v237, <16 x i32> %v238, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v243 = shufflevector <16 x i32> %v239, <16 x i32> %v240, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v244 = shufflevector <16 x i32> %v239, <16 x i32> %v240, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v245 = shufflevector <16 x i32> %v211, <16 x i32> %v214, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v246 = shufflevector <16 x i32> %v217, <16 x i32> %v220, <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 4, i32 20, i32 5, i32 21, i32 8, i32 24, i32 9, i32 25, i32 12, i32 28, i32 13, i32 29>
  %v247 = shufflevector <16 x i32> %v211, <16 x i32> %v214, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v248 = shufflevector <16 x i32> %v217, <16 x i32> %v220, <16 x i32> <i32 2, i32 18, i32 3, i32 19, i32 6, i32 22, i32 7, i32 23, i32 10, i32 26, i32 11, i32 27, i32 14, i32 30, i32 15, i32 31>
  %v249 = shufflevector <16 x i32> %v245, <16 x i32> %v246, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v250 = shufflevector <16 x i32> %v245, <16 x i32> %v246, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v251 = shufflevector <16 x i32> %v247, <16 x i32> %v248, <16 x i32> <i32 0, i32 1, i32 16, i32 17, i32 4, i32 5, i32 20, i32 21, i32 8, i32 9, i32 24, i32 25, i32 12, i32 13, i32 28, i32 29>
  %v252 = shufflevector <16 x i32> %v247, <16 x i32> %v248, <16 x i32> <i32 2, i32 3, i32 18, i32 19, i32 6, i32 7, i32 22, i32 23, i32 10, i32 11, i32 26, i32 27, i32 14, i32 15, i32 30, i32 31>
  %v253 = shufflevector <16 x i32> %v225, <16 x i32> %v233, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v254 = shufflevector <16 x i32> %v225, <16 x i32> %v233, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v255 = shufflevector <16 x i32> %v241, <16 x i32> %v249, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v256 = shufflevector <16 x i32> %v241, <16 x i32> %v249, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v257 = shufflevector <16 x i32> %v253, <16 x i32> %v255, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v258 = shufflevector <16 x i32> %v253, <16 x i32> %v255, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v259 = shufflevector <16 x i32> %v254, <16 x i32> %v256, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v260 = shufflevector <16 x i32> %v254, <16 x i32> %v256, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v261 = shufflevector <16 x i32> %v226, <16 x i32> %v234, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v262 = shufflevector <16 x i32> %v226, <16 x i32> %v234, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v263 = shufflevector <16 x i32> %v242, <16 x i32> %v250, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v264 = shufflevector <16 x i32> %v242, <16 x i32> %v250, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v265 = shufflevector <16 x i32> %v261, <16 x i32> %v263, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v266 = shufflevector <16 x i32> %v261, <16 x i32> %v263, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v267 = shufflevector <16 x i32> %v262, <16 x i32> %v264, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v268 = shufflevector <16 x i32> %v262, <16 x i32> %v264, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v269 = shufflevector <16 x i32> %v227, <16 x i32> %v235, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v270 = shufflevector <16 x i32> %v227, <16 x i32> %v235, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v271 = shufflevector <16 x i32> %v243, <16 x i32> %v251, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v272 = shufflevector <16 x i32> %v243, <16 x i32> %v251, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v273 = shufflevector <16 x i32> %v269, <16 x i32> %v271, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v274 = shufflevector <16 x i32> %v269, <16 x i32> %v271, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v275 = shufflevector <16 x i32> %v270, <16 x i32> %v272, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v276 = shufflevector <16 x i32> %v270, <16 x i32> %v272, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v277 = shufflevector <16 x i32> %v228, <16 x i32> %v236, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v278 = shufflevector <16 x i32> %v228, <16 x i32> %v236, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v279 = shufflevector <16 x i32> %v244, <16 x i32> %v252, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 16, i32 17, i32 18, i32 19, i32 8, i32 9, i32 10, i32 11, i32 24, i32 25, i32 26, i32 27>
  %v280 = shufflevector <16 x i32> %v244, <16 x i32> %v252, <16 x i32> <i32 4, i32 5, i32 6, i32 7, i32 20, i32 21, i32 22, i32 23, i32 12, i32 13, i32 14, i32 15, i32 28, i32 29, i32 30, i32 31>
  %v281 = shufflevector <16 x i32> %v277, <16 x i32> %v279, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v282 = shufflevector <16 x i32> %v277, <16 x i32> %v279, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v283 = shufflevector <16 x i32> %v278, <16 x i32> %v280, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23>
  %v284 = shufflevector <16 x i32> %v278, <16 x i32> %v280, <16 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  store <16 x i32> %v257, ptr %v175, align 1
  %v285 = getelementptr i8, ptr %v175, i64 %target_column
  store <16 x i32> %v265, ptr %v285, align 1
  %v286 = mul i64 %target_column, 2
  %v287 = getelementptr i8, ptr %v175, i64 %v286
  store <16 x i32> %v273, ptr %v287, align 1
  %v288 = mul i64 %target_column, 3
  %v289 = getelementptr i8, ptr %v175, i64 %v288
  store <16 x i32> %v281, ptr %v289, align 1
  %v290 = mul i64 %target_column, 4
  %v291 = getelementptr i8, ptr %v175, i64 %v290
  store <16 x i32> %v259, ptr %v291, align 1
  %v292 = mul i64 %target_column, 5
  %v293 = getelementptr i8, ptr %v175, i64 %v292
  store <16 x i32> %v267, ptr %v293, align 1
  %v294 = mul i64 %target_column, 6
  %v295 = getelementptr i8, ptr %v175, i64 %v294
  store <16 x i32> %v275, ptr %v295, align 1
  %v296 = mul i64 %target_column, 7
  %v297 = getelementptr i8, ptr %v175, i64 %v296
  store <16 x i32> %v283, ptr %v297, align 1
  %v298 = mul i64 %target_column, 8
  %v299 = getelementptr i8, ptr %v175, i64 %v298
  store <16 x i32> %v258, ptr %v299, align 1
  %v300 = mul i64 %target_column, 9
  %v301 = getelementptr i8, ptr %v175, i64 %v300
  store <16 x i32> %v266, ptr %v301, align 1
  %v302 = mul i64 %target_column, 10
  %v303 = getelementptr i8, ptr %v175, i64 %v302
  store <16 x i32> %v274, ptr %v303, align 1
  %v304 = mul i64 %target_column, 11
  %v305 = getelementptr i8, ptr %v175, i64 %v304
  store <16 x i32> %v282, ptr %v305, align 1
  %v306 = mul i64 %target_column, 12
  %v307 = getelementptr i8, ptr %v175, i64 %v306
  store <16 x i32> %v260, ptr %v307, align 1
  %v308 = mul i64 %target_column, 13
  %v309 = getelementptr i8, ptr %v175, i64 %v308
  store <16 x i32> %v268, ptr %v309, align 1
  %v310 = mul i64 %target_column, 14
  %v311 = getelementptr i8, ptr %v175, i64 %v310
  store <16 x i32> %v276, ptr %v311, align 1
  %v312 = mul i64 %target_column, 15
  %v313 = getelementptr i8, ptr %v175, i64 %v312
  store <16 x i32> %v284, ptr %v313, align 1
  %v314 = add i64 %v171, 16
  %v315 = icmp slt i64 %v314, %v167
  br i1 %v315, label %loop168, label %done169
done169:
  br label %end165
else164:
  br label %end165
end165:
  %v316 = phi i64 [ %v167, %done169 ], [ 0, %else164 ]
  br label %end12
end12:
  %v317 = phi i64 [ %v14, %done16 ], [ %v316, %end165 ]
  br i1 %v1, label %then318, label %else319
then318:
  %v321 = mul i64 %v317, %source_column
  %v322 = getelementptr i8, ptr %source, i64 %v321
  %v323 = mul i64 %v317, %target_column
  %v324 = getelementptr i8, ptr %target, i64 %v323
  %v327 = icmp slt i64 %v317, %count
  br i1 %v327, label %loop325, label %done326
loop325:
  %v328 = phi i64 [ %v317, %then318 ], [ %v379, %loop325 ]
  %v329 = phi ptr [ %v322, %then318 ], [ %v377, %loop325 ]
  %v330 = phi ptr [ %v324, %then318 ], [ %v378, %loop325 ]
  %v331 = load i32, ptr %v329, align 1
  store i32 %v331, ptr %v330, align 1
  %v332 = getelementptr i8, ptr %v329, i64 %source_row
  %v333 = getelementptr i8, ptr %v330, i64 %target_row
  %v334 = load i32, ptr %v332, align 1
  store i32 %v334, ptr %v333, align 1
  %v335 = getelementptr i8, ptr %v332, i64 %source_row
  %v336 = getelementptr i8, ptr %v333, i64 %target_row
  %v337 = load i32, ptr %v335, align 1
  store i32 %v337, ptr %v336, align 1
  %v338 = getelementptr i8, ptr %v335, i64 %source_row
  %v339 = getelementptr i8, ptr %v336, i64 %target_row
  %v340 = load i32, ptr %v338, align 1
  store i32 %v340, ptr %v339, align 1
  %v341 = getelementptr i8, ptr %v338, i64 %source_row
  %v342 = getelementptr i8, ptr %v339, i64 %target_row
  %v343 = load i32, ptr %v341, align 1
  store i32 %v343, ptr %v342, align 1
  %v344 = getelementptr i8, ptr %v341, i64 %source_row
  %v345 = getelementptr i8, ptr %v342, i64 %target_row
  %v346 = load i32, ptr %v344, align 1
  store i32 %v346, ptr %v345, align 1
  %v347 = getelementptr i8, ptr %v344, i64 %source_row
  %v348 = getelementptr i8, ptr %v345, i64 %target_row
  %v349 = load i32, ptr %v347, align 1
  store i32 %v349, ptr %v348, align 1
  %v350 = getelementptr i8, ptr %v347, i64 %source_row
  %v351 = getelementptr i8, ptr %v348, i64 %target_row
  %v352 = load i32, ptr %v350, align 1
  store i32 %v352, ptr %v351, align 1
  %v353 = getelementptr i8, ptr %v350, i64 %source_row
  %v354 = getelementptr i8, ptr %v351, i64 %target_row
  %v355 = load i32, ptr %v353, align 1
  store i32 %v355, ptr %v354, align 1
  %v356 = getelementptr i8, ptr %v353, i64 %source_row
  %v357 = getelementptr i8, ptr %v354, i64 %target_row
  %v358 = load i32, ptr %v356, align 1
  store i32 %v358, ptr %v357, align 1
  %v359 = getelementptr i8, ptr %v356, i64 %source_row
  %v360 = getelementptr i8, ptr %v357, i64 %target_row
  %v361 = load i32, ptr %v359, align 1
  store i32 %v361, ptr %v360, align 1
  %v362 = getelementptr i8, ptr %v359, i64 %source_row
  %v363 = getelementptr i8, ptr %v360, i64 %target_row
  %v364 = load i32, ptr %v362, align 1
  store i32 %v364, ptr %v363, align 1
  %v365 = getelementptr i8, ptr %v362, i64 %source_row
  %v366 = getelementptr i8, ptr %v363, i64 %target_row
  %v367 = load i32, ptr %v365, align 1
  store i32 %v367, ptr %v366, align 1
  %v368 = getelementptr i8, ptr %v365, i64 %source_row
  %v369 = getelementptr i8, ptr %v366, i64 %target_row
  %v370 = load i32, ptr %v368, align 1
  store i32 %v370, ptr %v369, align 1
  %v371 = getelementptr i8, ptr %v368, i64 %source_row
  %v372 = getelementptr i8, ptr %v369, i64 %target_row
  %v373 = load i32, ptr %v371, align 1
  store i32 %v373, ptr %v372, align 1
  %v374 = getelementptr i8, ptr %v371, i64 %source_row
  %v375 = getelementptr i8, ptr %v372, i64 %target_row
  %v376 = load i32, ptr %v374, align 1
  store i32 %v376, ptr %v375, align 1
  %v377 = getelementptr i8, ptr %v329, i64 %source_column
  %v378 = getelementptr i8, ptr %v330, i64 %target_column
  %v379 = add i64 %v328, 1
  %v380 = icmp slt i64 %v379, %count
  br i1 %v380, label %loop325, label %done326
done326:
  %v381 = phi ptr [ %v322, %then318 ], [ %v377, %loop325 ]
  %v382 = phi ptr [ %v324, %then318 ], [ %v378, %loop325 ]
  br label %end320
else319:
  %v385 = icmp slt i64 0, %rows
  br i1 %v385, label %loop383, label %done384
loop383:
  %v386 = phi i64 [ 0, %else319 ], [ %v436, %done426 ]
  %v387 = mul i64 %v386, %source_row
  %v388 = getelementptr i8, ptr %source, i64 %v387
  %v389 = mul i64 %v386, %target_row
  %v390 = getelementptr i8, ptr %target, i64 %v389
  %v391 = urem i64 %count, 4
  %v392 = sub i64 %count, %v391
  %v395 = icmp slt i64 0, %v392
  br i1 %v395, label %loop393, label %done394
loop393:
  %v396 = phi i64 [ 0, %loop383 ], [ %v423, %loop393 ]
  %v397 = mul i64 %v396, %source_column
  %v398 = getelementptr i8, ptr %v388, i64 %v397
  %v399 = load i32, ptr %v398, align 1
  %v400 = add i64 %v396, 1
  %v401 = mul i64 %v400, %source_column
  %v402 = getelementptr i8, ptr %v388, i64 %v401
  %v403 = load i32, ptr %v402, align 1
  %v404 = add i64 %v396, 2
  %v405 = mul i64 %v404, %source_column
  %v406 = getelementptr i8, ptr %v388, i64 %v405
  %v407 = load i32, ptr %v406, align 1
  %v408 = add i64 %v396, 3
  %v409 = mul i64 %v408, %source_column
  %v410 = getelementptr i8, ptr %v388, i64 %v409
  %v411 = load i32, ptr %v410, align 1
  %v412 = mul i64 %v396, %target_column
  %v413 = getelementptr i8, ptr %v390, i64 %v412
  store i32 %v399, ptr %v413, align 1
  %v414 = add i64 %v396, 1
  %v415 = mul i64 %v414, %target_column
  %v416 = getelementptr i8, ptr %v390, i64 %v415
  store i32 %v403, ptr %v416, align 1
  %v417 = add i64 %v396, 2
  %v418 = mul i64 %v417, %target_column
  %v419 = getelementptr i8, ptr %v390, i64 %v418
  store i32 %v407, ptr %v419, align 1
  %v420 = add i64 %v396, 3
  %v421 = mul i64 %v420, %target_column
  %v422 = getelementptr i8, ptr %v390, i64 %v421
  store i32 %v411, ptr %v422, align 1
  %v423 = add i64 %v396, 4
  %v424 = icmp slt i64 %v423, %v392
  br i1 %v424, label %loop393, label %done394
done394:
  %v427 = icmp slt i64 %v392, %count
  br i1 %v427, label %loop425, label %done426
loop425:
  %v428 = phi i64 [ %v392, %done394 ], [ %v434, %loop425 ]
  %v429 = mul i64 %v428, %source_column
  %v430 = getelementptr i8, ptr %v388, i64 %v429
  %v431 = load i32, ptr %v430, align 1
  %v432 = mul i64 %v428, %target_column
  %v433 = getelementptr i8, ptr %v390, i64 %v432
  store i32 %v431, ptr %v433, align 1
  %v434 = add i64 %v428, 1
  %v435 = icmp slt i64 %v434, %count
  br i1 %v435, label %loop425, label %done426
done426:
  %v436 = add i64 %v386, 1
  %v437 = icmp slt i64 %v436, %rows
  br i1 %v437, label %loop383, label %done384
done384:
  br label %end320
end320:
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
