declare i64 @llvm.smin.i64(i64, i64)
declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare void @llvm.masked.store.v32f32.p0(<32 x float>, ptr, i32, <32 x i1>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer15 = alloca [6144 x i8], align 64
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
  %v56 = shufflevector <4 x float> %v55, <4 x float> poison, <32 x i32> zeroinitializer
  br label %main
main:
  %v18 = icmp slt i64 %begin, %end
  br i1 %v18, label %loop16, label %done17
loop16:
  %v19 = phi i64 [ %begin, %main ], [ %v100, %done24 ]
  %v20 = sub i64 %end, %v19
  %v21 = call i64 @llvm.smin.i64(i64 %v20, i64 16)
  %v25 = icmp slt i64 0, %v22
  br i1 %v25, label %loop23, label %done24
loop23:
  %v26 = phi i64 [ 0, %loop16 ], [ %v98, %done38 ]
  %v27 = sub i64 %v22, %v26
  %v28 = call i64 @llvm.smin.i64(i64 %v27, i64 64)
  %v31 = mul i64 %v19, %v30
  %v32 = getelementptr i8, ptr %v12, i64 %v31
  %v35 = mul i64 %v26, %v34
  %v36 = getelementptr i8, ptr %v32, i64 %v35
  call void @tile_copy4(ptr %buffer15, i64 384, i64 4, ptr %v36, i64 %v30, i64 %v34, i64 %v21, i64 %v28)
  %v39 = icmp slt i64 0, %v21
  br i1 %v39, label %loop37, label %done38
loop37:
  %v40 = phi i64 [ 0, %loop23 ], [ %v96, %done64 ]
  %v41 = add i64 %v19, %v40
  %v44 = mul i64 %v41, %v43
  %v45 = getelementptr i8, ptr %v10, i64 %v44
  %v46 = mul i64 %v41, %v30
  %v47 = getelementptr i8, ptr %v12, i64 %v46
  %v50 = mul i64 %v41, %v49
  %v51 = getelementptr i8, ptr %v14, i64 %v50
  %v57 = mul i64 %v26, 4
  %v58 = getelementptr i8, ptr %v45, i64 %v57
  %v59 = mul i64 %v40, 384
  %v60 = getelementptr i8, ptr %buffer15, i64 %v59
  %v61 = mul i64 %v26, 4
  %v62 = getelementptr i8, ptr %v51, i64 %v61
  %v65 = icmp slt i64 0, %v28
  br i1 %v65, label %loop63, label %done64
loop63:
  %v66 = phi i64 [ 0, %loop37 ], [ %v94, %end89 ]
  %v67 = add i64 %v26, %v66
  %v68 = sub i64 %v28, %v66
  %v69 = icmp sge i64 %v68, 32
  %v70 = mul i64 %v66, 4
  %v71 = getelementptr i8, ptr %v58, i64 %v70
  %v72 = getelementptr i8, ptr %v60, i64 %v70
  %v73 = getelementptr i8, ptr %v62, i64 %v70
  br i1 %v69, label %then74, label %else75, !prof !0
then74:
  %v77 = load <32 x float>, ptr %v71, align 1
  br label %end76
else75:
  %v78 = trunc i64 %v68 to i32
  %v79 = insertelement <32 x i32> poison, i32 %v78, i32 0
  %v80 = shufflevector <32 x i32> %v79, <32 x i32> poison, <32 x i32> zeroinitializer
  %v81 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v80
  %v82 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v71, i32 1, <32 x i1> %v81, <32 x float> zeroinitializer)
  br label %end76
end76:
  %v83 = phi <32 x float> [ %v77, %then74 ], [ %v82, %else75 ]
  %v84 = load <32 x float>, ptr %v72, align 1
  %v85 = fmul <32 x float> %v84, %v56
  %v86 = fadd <32 x float> %v83, %v85
  br i1 %v69, label %then87, label %else88, !prof !0
then87:
  store <32 x float> %v86, ptr %v73, align 1
  br label %end89
else88:
  %v90 = trunc i64 %v68 to i32
  %v91 = insertelement <32 x i32> poison, i32 %v90, i32 0
  %v92 = shufflevector <32 x i32> %v91, <32 x i32> poison, <32 x i32> zeroinitializer
  %v93 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v92
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v86, ptr %v73, i32 1, <32 x i1> %v93)
  br label %end89
end89:
  %v94 = add i64 %v66, 32
  %v95 = icmp slt i64 %v94, %v28
  br i1 %v95, label %loop63, label %done64
done64:
  %v96 = add i64 %v40, 1
  %v97 = icmp slt i64 %v96, %v21
  br i1 %v97, label %loop37, label %done38
done38:
  %v98 = add i64 %v26, 64
  %v99 = icmp slt i64 %v98, %v22
  br i1 %v99, label %loop23, label %done24
done24:
  %v100 = add i64 %v19, 16
  %v101 = icmp slt i64 %v100, %end
  br i1 %v101, label %loop16, label %done17
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
  %v13 = urem i64 %count, 8
  %v14 = sub i64 %count, %v13
  %v17 = icmp slt i64 0, %v14
  br i1 %v17, label %loop15, label %done16
loop15:
  %v18 = phi i64 [ 0, %then10 ], [ %v147, %loop15 ]
  %v19 = mul i64 %v18, %source_column
  %v20 = getelementptr i8, ptr %source, i64 %v19
  %v21 = mul i64 %v18, %target_column
  %v22 = getelementptr i8, ptr %target, i64 %v21
  %v23 = load <8 x i32>, ptr %v20, align 1
  %v24 = getelementptr i8, ptr %v20, i64 %source_column
  %v25 = load <8 x i32>, ptr %v24, align 1
  %v26 = mul i64 %source_column, 2
  %v27 = getelementptr i8, ptr %v20, i64 %v26
  %v28 = load <8 x i32>, ptr %v27, align 1
  %v29 = mul i64 %source_column, 3
  %v30 = getelementptr i8, ptr %v20, i64 %v29
  %v31 = load <8 x i32>, ptr %v30, align 1
  %v32 = mul i64 %source_column, 4
  %v33 = getelementptr i8, ptr %v20, i64 %v32
  %v34 = load <8 x i32>, ptr %v33, align 1
  %v35 = mul i64 %source_column, 5
  %v36 = getelementptr i8, ptr %v20, i64 %v35
  %v37 = load <8 x i32>, ptr %v36, align 1
  %v38 = mul i64 %source_column, 6
  %v39 = getelementptr i8, ptr %v20, i64 %v38
  %v40 = load <8 x i32>, ptr %v39, align 1
  %v41 = mul i64 %source_column, 7
  %v42 = getelementptr i8, ptr %v20, i64 %v41
  %v43 = load <8 x i32>, ptr %v42, align 1
  %v44 = shufflevector <8 x i32> %v23, <8 x i32> %v25, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v45 = shufflevector <8 x i32> %v28, <8 x i32> %v31, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v46 = shufflevector <8 x i32> %v23, <8 x i32> %v25, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v47 = shufflevector <8 x i32> %v28, <8 x i32> %v31, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v48 = shufflevector <8 x i32> %v44, <8 x i32> %v45, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v49 = shufflevector <8 x i32> %v44, <8 x i32> %v45, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v50 = shufflevector <8 x i32> %v46, <8 x i32> %v47, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v51 = shufflevector <8 x i32> %v46, <8 x i32> %v47, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v52 = shufflevector <8 x i32> %v34, <8 x i32> %v37, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v53 = shufflevector <8 x i32> %v40, <8 x i32> %v43, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v54 = shufflevector <8 x i32> %v34, <8 x i32> %v37, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v55 = shufflevector <8 x i32> %v40, <8 x i32> %v43, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v56 = shufflevector <8 x i32> %v52, <8 x i32> %v53, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v57 = shufflevector <8 x i32> %v52, <8 x i32> %v53, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v58 = shufflevector <8 x i32> %v54, <8 x i32> %v55, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v59 = shufflevector <8 x i32> %v54, <8 x i32> %v55, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v60 = shufflevector <8 x i32> %v48, <8 x i32> %v56, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v61 = shufflevector <8 x i32> %v48, <8 x i32> %v56, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v62 = shufflevector <8 x i32> %v49, <8 x i32> %v57, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v63 = shufflevector <8 x i32> %v49, <8 x i32> %v57, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v64 = shufflevector <8 x i32> %v50, <8 x i32> %v58, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v65 = shufflevector <8 x i32> %v50, <8 x i32> %v58, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v66 = shufflevector <8 x i32> %v51, <8 x i32> %v59, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v67 = shufflevector <8 x i32> %v51, <8 x i32> %v59, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  store <8 x i32> %v60, ptr %v22, align 1
  %v68 = getelementptr i8, ptr %v22, i64 %target_row
  store <8 x i32> %v62, ptr %v68, align 1
  %v69 = mul i64 %target_row, 2
  %v70 = getelementptr i8, ptr %v22, i64 %v69
  store <8 x i32> %v64, ptr %v70, align 1
  %v71 = mul i64 %target_row, 3
  %v72 = getelementptr i8, ptr %v22, i64 %v71
  store <8 x i32> %v66, ptr %v72, align 1
  %v73 = mul i64 %target_row, 4
  %v74 = getelementptr i8, ptr %v22, i64 %v73
  store <8 x i32> %v61, ptr %v74, align 1
  %v75 = mul i64 %target_row, 5
  %v76 = getelementptr i8, ptr %v22, i64 %v75
  store <8 x i32> %v63, ptr %v76, align 1
  %v77 = mul i64 %target_row, 6
  %v78 = getelementptr i8, ptr %v22, i64 %v77
  store <8 x i32> %v65, ptr %v78, align 1
  %v79 = mul i64 %target_row, 7
  %v80 = getelementptr i8, ptr %v22, i64 %v79
  store <8 x i32> %v67, ptr %v80, align 1
  %v81 = mul i64 %v18, %source_column
  %v82 = getelementptr i8, ptr %source, i64 %v81
  %v83 = mul i64 %source_row, 8
  %v84 = getelementptr i8, ptr %v82, i64 %v83
  %v85 = mul i64 %v18, %target_column
  %v86 = getelementptr i8, ptr %target, i64 %v85
  %v87 = mul i64 %target_row, 8
  %v88 = getelementptr i8, ptr %v86, i64 %v87
  %v89 = load <8 x i32>, ptr %v84, align 1
  %v90 = getelementptr i8, ptr %v84, i64 %source_column
  %v91 = load <8 x i32>, ptr %v90, align 1
  %v92 = mul i64 %source_column, 2
  %v93 = getelementptr i8, ptr %v84, i64 %v92
  %v94 = load <8 x i32>, ptr %v93, align 1
  %v95 = mul i64 %source_column, 3
  %v96 = getelementptr i8, ptr %v84, i64 %v95
  %v97 = load <8 x i32>, ptr %v96, align 1
  %v98 = mul i64 %source_column, 4
  %v99 = getelementptr i8, ptr %v84, i64 %v98
  %v100 = load <8 x i32>, ptr %v99, align 1
  %v101 = mul i64 %source_column, 5
  %v102 = getelementptr i8, ptr %v84, i64 %v101
  %v103 = load <8 x i32>, ptr %v102, align 1
  %v104 = mul i64 %source_column, 6
  %v105 = getelementptr i8, ptr %v84, i64 %v104
  %v106 = load <8 x i32>, ptr %v105, align 1
  %v107 = mul i64 %source_column, 7
  %v108 = getelementptr i8, ptr %v84, i64 %v107
  %v109 = load <8 x i32>, ptr %v108, align 1
  %v110 = shufflevector <8 x i32> %v89, <8 x i32> %v91, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v111 = shufflevector <8 x i32> %v94, <8 x i32> %v97, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v112 = shufflevector <8 x i32> %v89, <8 x i32> %v91, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v113 = shufflevector <8 x i32> %v94, <8 x i32> %v97, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v114 = shufflevector <8 x i32> %v110, <8 x i32> %v111, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v115 = shufflevector <8 x i32> %v110, <8 x i32> %v111, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v116 = shufflevector <8 x i32> %v112, <8 x i32> %v113, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v117 = shufflevector <8 x i32> %v112, <8 x i32> %v113, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v118 = shufflevector <8 x i32> %v100, <8 x i32> %v103, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v119 = shufflevector <8 x i32> %v106, <8 x i32> %v109, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v120 = shufflevector <8 x i32> %v100, <8 x i32> %v103, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v121 = shufflevector <8 x i32> %v106, <8 x i32> %v109, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v122 = shufflevector <8 x i32> %v118, <8 x i32> %v119, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v123 = shufflevector <8 x i32> %v118, <8 x i32> %v119, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v124 = shufflevector <8 x i32> %v120, <8 x i32> %v121, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v125 = shufflevector <8 x i32> %v120, <8 x i32> %v121, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v126 = shufflevector <8 x i32> %v114, <8 x i32> %v122, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v127 = shufflevector <8 x i32> %v114, <8 x i32> %v122, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v128 = shufflevector <8 x i32> %v115, <8 x i32> %v123, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v129 = shufflevector <8 x i32> %v115, <8 x i32> %v123, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v130 = shufflevector <8 x i32> %v116, <8 x i32> %v124, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v131 = shufflevector <8 x i32> %v116, <8 x i32> %v124, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v132 = shufflevector <8 x i32> %v117, <8 x i32> %v125, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v133 = shufflevector <8 x i32> %v117, <8 x i32> %v125, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  store <8 x i32> %v126, ptr %v88, align 1
  %v134 = getelementptr i8, ptr %v88, i64 %target_row
  store <8 x i32> %v128, ptr %v134, align 1
  %v135 = mul i64 %target_row, 2
  %v136 = getelementptr i8, ptr %v88, i64 %v135
  store <8 x i32> %v130, ptr %v136, align 1
  %v137 = mul i64 %target_row, 3
  %v138 = getelementptr i8, ptr %v88, i64 %v137
  store <8 x i32> %v132, ptr %v138, align 1
  %v139 = mul i64 %target_row, 4
  %v140 = getelementptr i8, ptr %v88, i64 %v139
  store <8 x i32> %v127, ptr %v140, align 1
  %v141 = mul i64 %target_row, 5
  %v142 = getelementptr i8, ptr %v88, i64 %v141
  store <8 x i32> %v129, ptr %v142, align 1
  %v143 = mul i64 %target_row, 6
  %v144 = getelementptr i8, ptr %v88, i64 %v143
  store <8 x i32> %v131, ptr %v144, align 1
  %v145 = mul i64 %target_row, 7
  %v146 = getelementptr i8, ptr %v88, i64 %v145
  store <8 x i32> %v133, ptr %v146, align 1
  %v147 = add i64 %v18, 8
  %v148 = icmp slt i64 %v147, %v14
  br i1 %v148, label %loop15, label %done16
done16:
  br label %end12
else11:
  br i1 %v9, label %then149, label %else150
then149:
  %v152 = urem i64 %count, 8
  %v153 = sub i64 %count, %v152
  %v156 = icmp slt i64 0, %v153
  br i1 %v156, label %loop154, label %done155
loop154:
  %v157 = phi i64 [ 0, %then149 ], [ %v286, %loop154 ]
  %v158 = mul i64 %v157, %source_column
  %v159 = getelementptr i8, ptr %source, i64 %v158
  %v160 = mul i64 %v157, %target_column
  %v161 = getelementptr i8, ptr %target, i64 %v160
  %v162 = load <8 x i32>, ptr %v159, align 1
  %v163 = getelementptr i8, ptr %v159, i64 %source_row
  %v164 = load <8 x i32>, ptr %v163, align 1
  %v165 = mul i64 %source_row, 2
  %v166 = getelementptr i8, ptr %v159, i64 %v165
  %v167 = load <8 x i32>, ptr %v166, align 1
  %v168 = mul i64 %source_row, 3
  %v169 = getelementptr i8, ptr %v159, i64 %v168
  %v170 = load <8 x i32>, ptr %v169, align 1
  %v171 = mul i64 %source_row, 4
  %v172 = getelementptr i8, ptr %v159, i64 %v171
  %v173 = load <8 x i32>, ptr %v172, align 1
  %v174 = mul i64 %source_row, 5
  %v175 = getelementptr i8, ptr %v159, i64 %v174
  %v176 = load <8 x i32>, ptr %v175, align 1
  %v177 = mul i64 %source_row, 6
  %v178 = getelementptr i8, ptr %v159, i64 %v177
  %v179 = load <8 x i32>, ptr %v178, align 1
  %v180 = mul i64 %source_row, 7
  %v181 = getelementptr i8, ptr %v159, i64 %v180
  %v182 = load <8 x i32>, ptr %v181, align 1
  %v183 = shufflevector <8 x i32> %v162, <8 x i32> %v164, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v184 = shufflevector <8 x i32> %v167, <8 x i32> %v170, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v185 = shufflevector <8 x i32> %v162, <8 x i32> %v164, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v186 = shufflevector <8 x i32> %v167, <8 x i32> %v170, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v187 = shufflevector <8 x i32> %v183, <8 x i32> %v184, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v188 = shufflevector <8 x i32> %v183, <8 x i32> %v184, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v189 = shufflevector <8 x i32> %v185, <8 x i32> %v186, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v190 = shufflevector <8 x i32> %v185, <8 x i32> %v186, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v191 = shufflevector <8 x i32> %v173, <8 x i32> %v176, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v192 = shufflevector <8 x i32> %v179, <8 x i32> %v182, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v193 = shufflevector <8 x i32> %v173, <8 x i32> %v176, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v194 = shufflevector <8 x i32> %v179, <8 x i32> %v182, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v195 = shufflevector <8 x i32> %v191, <8 x i32> %v192, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v196 = shufflevector <8 x i32> %v191, <8 x i32> %v192, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v197 = shufflevector <8 x i32> %v193, <8 x i32> %v194, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v198 = shufflevector <8 x i32> %v193, <8 x i32> %v194, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v199 = shufflevector <8 x i32> %v187, <8 x i32> %v195, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v200 = shufflevector <8 x i32> %v187, <8 x i32> %v195, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v201 = shufflevector <8 x i32> %v188, <8 x i32> %v196, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v202 = shufflevector <8 x i32> %v188, <8 x i32> %v196, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v203 = shufflevector <8 x i32> %v189, <8 x i32> %v197, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v204 = shufflevector <8 x i32> %v189, <8 x i32> %v197, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v205 = shufflevector <8 x i32> %v190, <8 x i32> %v198, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v206 = shufflevector <8 x i32> %v190, <8 x i32> %v198, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  store <8 x i32> %v199, ptr %v161, align 1
  %v207 = getelementptr i8, ptr %v161, i64 %target_column
  store <8 x i32> %v201, ptr %v207, align 1
  %v208 = mul i64 %target_column, 2
  %v209 = getelementptr i8, ptr %v161, i64 %v208
  store <8 x i32> %v203, ptr %v209, align 1
  %v210 = mul i64 %target_column, 3
  %v211 = getelementptr i8, ptr %v161, i64 %v210
  store <8 x i32> %v205, ptr %v211, align 1
  %v212 = mul i64 %target_column, 4
  %v213 = getelementptr i8, ptr %v161, i64 %v212
  store <8 x i32> %v200, ptr %v213, align 1
  %v214 = mul i64 %target_column, 5
  %v215 = getelementptr i8, ptr %v161, i64 %v214
  store <8 x i32> %v202, ptr %v215, align 1
  %v216 = mul i64 %target_column, 6
  %v217 = getelementptr i8, ptr %v161, i64 %v216
  store <8 x i32> %v204, ptr %v217, align 1
  %v218 = mul i64 %target_column, 7
  %v219 = getelementptr i8, ptr %v161, i64 %v218
  store <8 x i32> %v206, ptr %v219, align 1
  %v220 = mul i64 %v157, %source_column
  %v221 = getelementptr i8, ptr %source, i64 %v220
  %v222 = mul i64 %source_row, 8
  %v223 = getelementptr i8, ptr %v221, i64 %v222
  %v224 = mul i64 %v157, %target_column
  %v225 = getelementptr i8, ptr %target, i64 %v224
  %v226 = mul i64 %target_row, 8
  %v227 = getelementptr i8, ptr %v225, i64 %v226
  %v228 = load <8 x i32>, ptr %v223, align 1
  %v229 = getelementptr i8, ptr %v223, i64 %source_row
  %v230 = load <8 x i32>, ptr %v229, align 1
  %v231 = mul i64 %source_row, 2
  %v232 = getelementptr i8, ptr %v223, i64 %v231
  %v233 = load <8 x i32>, ptr %v232, align 1
  %v234 = mul i64 %source_row, 3
  %v235 = getelementptr i8, ptr %v223, i64 %v234
  %v236 = load <8 x i32>, ptr %v235, align 1
  %v237 = mul i64 %source_row, 4
  %v238 = getelementptr i8, ptr %v223, i64 %v237
  %v239 = load <8 x i32>, ptr %v238, align 1
  %v240 = mul i64 %source_row, 5
  %v241 = getelementptr i8, ptr %v223, i64 %v240
  %v242 = load <8 x i32>, ptr %v241, align 1
  %v243 = mul i64 %source_row, 6
  %v244 = getelementptr i8, ptr %v223, i64 %v243
  %v245 = load <8 x i32>, ptr %v244, align 1
  %v246 = mul i64 %source_row, 7
  %v247 = getelementptr i8, ptr %v223, i64 %v246
  %v248 = load <8 x i32>, ptr %v247, align 1
  %v249 = shufflevector <8 x i32> %v228, <8 x i32> %v230, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v250 = shufflevector <8 x i32> %v233, <8 x i32> %v236, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v251 = shufflevector <8 x i32> %v228, <8 x i32> %v230, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v252 = shufflevector <8 x i32> %v233, <8 x i32> %v236, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v253 = shufflevector <8 x i32> %v249, <8 x i32> %v250, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v254 = shufflevector <8 x i32> %v249, <8 x i32> %v250, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v255 = shufflevector <8 x i32> %v251, <8 x i32> %v252, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v256 = shufflevector <8 x i32> %v251, <8 x i32> %v252, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v257 = shufflevector <8 x i32> %v239, <8 x i32> %v242, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v258 = shufflevector <8 x i32> %v245, <8 x i32> %v248, <8 x i32> <i32 0, i32 8, i32 1, i32 9, i32 4, i32 12, i32 5, i32 13>
  %v259 = shufflevector <8 x i32> %v239, <8 x i32> %v242, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v260 = shufflevector <8 x i32> %v245, <8 x i32> %v248, <8 x i32> <i32 2, i32 10, i32 3, i32 11, i32 6, i32 14, i32 7, i32 15>
  %v261 = shufflevector <8 x i32> %v257, <8 x i32> %v258, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v262 = shufflevector <8 x i32> %v257, <8 x i32> %v258, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v263 = shufflevector <8 x i32> %v259, <8 x i32> %v260, <8 x i32> <i32 0, i32 1, i32 8, i32 9, i32 4, i32 5, i32 12, i32 13>
  %v264 = shufflevector <8 x i32> %v259, <8 x i32> %v260, <8 x i32> <i32 2, i32 3, i32 10, i32 11, i32 6, i32 7, i32 14, i32 15>
  %v265 = shufflevector <8 x i32> %v253, <8 x i32> %v261, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v266 = shufflevector <8 x i32> %v253, <8 x i32> %v261, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v267 = shufflevector <8 x i32> %v254, <8 x i32> %v262, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v268 = shufflevector <8 x i32> %v254, <8 x i32> %v262, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v269 = shufflevector <8 x i32> %v255, <8 x i32> %v263, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v270 = shufflevector <8 x i32> %v255, <8 x i32> %v263, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  %v271 = shufflevector <8 x i32> %v256, <8 x i32> %v264, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 8, i32 9, i32 10, i32 11>
  %v272 = shufflevector <8 x i32> %v256, <8 x i32> %v264, <8 x i32> <i32 4, i32 5, i32 6, i32 7, i32 12, i32 13, i32 14, i32 15>
  store <8 x i32> %v265, ptr %v227, align 1
  %v273 = getelementptr i8, ptr %v227, i64 %target_column
  store <8 x i32> %v267, ptr %v273, align 1
  %v274 = mul i64 %target_column, 2
  %v275 = getelementptr i8, ptr %v227, i64 %v274
  store <8 x i32> %v269, ptr %v275, align 1
  %v276 = mul i64 %target_column, 3
  %v277 = getelementptr i8, ptr %v227, i64 %v276
  store <8 x i32> %v271, ptr %v277, align 1
  %v278 = mul i64 %target_column, 4
  %v279 = getelementptr i8, ptr %v227, i64 %v278
  store <8 x i32> %v266, ptr %v279, align 1
  %v280 = mul i64 %target_column, 5
  %v281 = getelementptr i8, ptr %v227, i64 %v280
  store <8 x i32> %v268, ptr %v281, align 1
  %v282 = mul i64 %target_column, 6
  %v283 = getelementptr i8, ptr %v227, i64 %v282
  store <8 x i32> %v270, ptr %v283, align 1
  %v284 = mul i64 %target_column, 7
  %v285 = getelementptr i8, ptr %v227, i64 %v284
  store <8 x i32> %v272, ptr %v285, align 1
  %v286 = add i64 %v157, 8
  %v287 = icmp slt i64 %v286, %v153
  br i1 %v287, label %loop154, label %done155
done155:
  br label %end151
else150:
  br label %end151
end151:
  %v288 = phi i64 [ %v153, %done155 ], [ 0, %else150 ]
  br label %end12
end12:
  %v289 = phi i64 [ %v14, %done16 ], [ %v288, %end151 ]
  br i1 %v1, label %then290, label %else291
then290:
  %v293 = mul i64 %v289, %source_column
  %v294 = getelementptr i8, ptr %source, i64 %v293
  %v295 = mul i64 %v289, %target_column
  %v296 = getelementptr i8, ptr %target, i64 %v295
  %v299 = icmp slt i64 %v289, %count
  br i1 %v299, label %loop297, label %done298
loop297:
  %v300 = phi i64 [ %v289, %then290 ], [ %v351, %loop297 ]
  %v301 = phi ptr [ %v294, %then290 ], [ %v349, %loop297 ]
  %v302 = phi ptr [ %v296, %then290 ], [ %v350, %loop297 ]
  %v303 = load i32, ptr %v301, align 1
  store i32 %v303, ptr %v302, align 1
  %v304 = getelementptr i8, ptr %v301, i64 %source_row
  %v305 = getelementptr i8, ptr %v302, i64 %target_row
  %v306 = load i32, ptr %v304, align 1
  store i32 %v306, ptr %v305, align 1
  %v307 = getelementptr i8, ptr %v304, i64 %source_row
  %v308 = getelementptr i8, ptr %v305, i64 %target_row
  %v309 = load i32, ptr %v307, align 1
  store i32 %v309, ptr %v308, align 1
  %v310 = getelementptr i8, ptr %v307, i64 %source_row
  %v311 = getelementptr i8, ptr %v308, i64 %target_row
  %v312 = load i32, ptr %v310, align 1
  store i32 %v312, ptr %v311, align 1
  %v313 = getelementptr i8, ptr %v310, i64 %source_row
  %v314 = getelementptr i8, ptr %v311, i64 %target_row
  %v315 = load i32, ptr %v313, align 1
  store i32 %v315, ptr %v314, align 1
  %v316 = getelementptr i8, ptr %v313, i64 %source_row
  %v317 = getelementptr i8, ptr %v314, i64 %target_row
  %v318 = load i32, ptr %v316, align 1
  store i32 %v318, ptr %v317, align 1
  %v319 = getelementptr i8, ptr %v316, i64 %source_row
  %v320 = getelementptr i8, ptr %v317, i64 %target_row
  %v321 = load i32, ptr %v319, align 1
  store i32 %v321, ptr %v320, align 1
  %v322 = getelementptr i8, ptr %v319, i64 %source_row
  %v323 = getelementptr i8, ptr %v320, i64 %target_row
  %v324 = load i32, ptr %v322, align 1
  store i32 %v324, ptr %v323, align 1
  %v325 = getelementptr i8, ptr %v322, i64 %source_row
  %v326 = getelementptr i8, ptr %v323, i64 %target_row
  %v327 = load i32, ptr %v325, align 1
  store i32 %v327, ptr %v326, align 1
  %v328 = getelementptr i8, ptr %v325, i64 %source_row
  %v329 = getelementptr i8, ptr %v326, i64 %target_row
  %v330 = load i32, ptr %v328, align 1
  store i32 %v330, ptr %v329, align 1
  %v331 = getelementptr i8, ptr %v328, i64 %source_row
  %v332 = getelementptr i8, ptr %v329, i64 %target_row
  %v333 = load i32, ptr %v331, align 1
  store i32 %v333, ptr %v332, align 1
  %v334 = getelementptr i8, ptr %v331, i64 %source_row
  %v335 = getelementptr i8, ptr %v332, i64 %target_row
  %v336 = load i32, ptr %v334, align 1
  store i32 %v336, ptr %v335, align 1
  %v337 = getelementptr i8, ptr %v334, i64 %source_row
  %v338 = getelementptr i8, ptr %v335, i64 %target_row
  %v339 = load i32, ptr %v337, align 1
  store i32 %v339, ptr %v338, align 1
  %v340 = getelementptr i8, ptr %v337, i64 %source_row
  %v341 = getelementptr i8, ptr %v338, i64 %target_row
  %v342 = load i32, ptr %v340, align 1
  store i32 %v342, ptr %v341, align 1
  %v343 = getelementptr i8, ptr %v340, i64 %source_row
  %v344 = getelementptr i8, ptr %v341, i64 %target_row
  %v345 = load i32, ptr %v343, align 1
  store i32 %v345, ptr %v344, align 1
  %v346 = getelementptr i8, ptr %v343, i64 %source_row
  %v347 = getelementptr i8, ptr %v344, i64 %target_row
  %v348 = load i32, ptr %v346, align 1
  store i32 %v348, ptr %v347, align 1
  %v349 = getelementptr i8, ptr %v301, i64 %source_column
  %v350 = getelementptr i8, ptr %v302, i64 %target_column
  %v351 = add i64 %v300, 1
  %v352 = icmp slt i64 %v351, %count
  br i1 %v352, label %loop297, label %done298
done298:
  %v353 = phi ptr [ %v294, %then290 ], [ %v349, %loop297 ]
  %v354 = phi ptr [ %v296, %then290 ], [ %v350, %loop297 ]
  br label %end292
else291:
  %v357 = icmp slt i64 0, %rows
  br i1 %v357, label %loop355, label %done356
loop355:
  %v358 = phi i64 [ 0, %else291 ], [ %v408, %done398 ]
  %v359 = mul i64 %v358, %source_row
  %v360 = getelementptr i8, ptr %source, i64 %v359
  %v361 = mul i64 %v358, %target_row
  %v362 = getelementptr i8, ptr %target, i64 %v361
  %v363 = urem i64 %count, 4
  %v364 = sub i64 %count, %v363
  %v367 = icmp slt i64 0, %v364
  br i1 %v367, label %loop365, label %done366
loop365:
  %v368 = phi i64 [ 0, %loop355 ], [ %v395, %loop365 ]
  %v369 = mul i64 %v368, %source_column
  %v370 = getelementptr i8, ptr %v360, i64 %v369
  %v371 = load i32, ptr %v370, align 1
  %v372 = add i64 %v368, 1
  %v373 = mul i64 %v372, %source_column
  %v374 = getelementptr i8, ptr %v360, i64 %v373
  %v375 = load i32, ptr %v374, align 1
  %v376 = add i64 %v368, 2
  %v377 = mul i64 %v376, %source_column
  %v378 = getelementptr i8, ptr %v360, i64 %v377
  %v379 = load i32, ptr %v378, align 1
  %v380 = add i64 %v368, 3
  %v381 = mul i64 %v380, %source_column
  %v382 = getelementptr i8, ptr %v360, i64 %v381
  %v383 = load i32, ptr %v382, align 1
  %v384 = mul i64 %v368, %target_column
  %v385 = getelementptr i8, ptr %v362, i64 %v384
  store i32 %v371, ptr %v385, align 1
  %v386 = add i64 %v368, 1
  %v387 = mul i64 %v386, %target_column
  %v388 = getelementptr i8, ptr %v362, i64 %v387
  store i32 %v375, ptr %v388, align 1
  %v389 = add i64 %v368, 2
  %v390 = mul i64 %v389, %target_column
  %v391 = getelementptr i8, ptr %v362, i64 %v390
  store i32 %v379, ptr %v391, align 1
  %v392 = add i64 %v368, 3
  %v393 = mul i64 %v392, %target_column
  %v394 = getelementptr i8, ptr %v362, i64 %v393
  store i32 %v383, ptr %v394, align 1
  %v395 = add i64 %v368, 4
  %v396 = icmp slt i64 %v395, %v364
  br i1 %v396, label %loop365, label %done366
done366:
  %v399 = icmp slt i64 %v364, %count
  br i1 %v399, label %loop397, label %done398
loop397:
  %v400 = phi i64 [ %v364, %done366 ], [ %v406, %loop397 ]
  %v401 = mul i64 %v400, %source_column
  %v402 = getelementptr i8, ptr %v360, i64 %v401
  %v403 = load i32, ptr %v402, align 1
  %v404 = mul i64 %v400, %target_column
  %v405 = getelementptr i8, ptr %v362, i64 %v404
  store i32 %v403, ptr %v405, align 1
  %v406 = add i64 %v400, 1
  %v407 = icmp slt i64 %v406, %count
  br i1 %v407, label %loop397, label %done398
done398:
  %v408 = add i64 %v358, 1
  %v409 = icmp slt i64 %v408, %rows
  br i1 %v409, label %loop355, label %done356
done356:
  br label %end292
end292:
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
