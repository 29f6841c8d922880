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
  %v4 = icmp slt i64 0, %count
  br i1 %v4, label %loop2, label %done3
loop2:
  %v5 = phi i64 [ 0, %main ], [ %v72, %end10 ]
  %v6 = phi ptr [ %source, %main ], [ %v70, %end10 ]
  %v7 = phi ptr [ %target, %main ], [ %v71, %end10 ]
  br i1 %v1, label %then8, label %else9
then8:
  %v11 = load i32, ptr %v6, align 1
  store i32 %v11, ptr %v7, align 1
  %v12 = getelementptr i8, ptr %v6, i64 %source_row
  %v13 = getelementptr i8, ptr %v7, i64 %target_row
  %v14 = load i32, ptr %v12, align 1
  store i32 %v14, ptr %v13, align 1
  %v15 = getelementptr i8, ptr %v12, i64 %source_row
  %v16 = getelementptr i8, ptr %v13, i64 %target_row
  %v17 = load i32, ptr %v15, align 1
  store i32 %v17, ptr %v16, align 1
  %v18 = getelementptr i8, ptr %v15, i64 %source_row
  %v19 = getelementptr i8, ptr %v16, i64 %target_row
  %v20 = load i32, ptr %v18, align 1
  store i32 %v20, ptr %v19, align 1
  %v21 = getelementptr i8, ptr %v18, i64 %source_row
  %v22 = getelementptr i8, ptr %v19, i64 %target_row
  %v23 = load i32, ptr %v21, align 1
  store i32 %v23, ptr %v22, align 1
  %v24 = getelementptr i8, ptr %v21, i64 %source_row
  %v25 = getelementptr i8, ptr %v22, i64 %target_row
  %v26 = load i32, ptr %v24, align 1
  store i32 %v26, ptr %v25, align 1
  %v27 = getelementptr i8, ptr %v24, i64 %source_row
  %v28 = getelementptr i8, ptr %v25, i64 %target_row
  %v29 = load i32, ptr %v27, align 1
  store i32 %v29, ptr %v28, align 1
  %v30 = getelementptr i8, ptr %v27, i64 %source_row
  %v31 = getelementptr i8, ptr %v28, i64 %target_row
  %v32 = load i32, ptr %v30, align 1
  store i32 %v32, ptr %v31, align 1
  %v33 = getelementptr i8, ptr %v30, i64 %source_row
  %v34 = getelementptr i8, ptr %v31, i64 %target_row
  %v35 = load i32, ptr %v33, align 1
  store i32 %v35, ptr %v34, align 1
  %v36 = getelementptr i8, ptr %v33, i64 %source_row
  %v37 = getelementptr i8, ptr %v34, i64 %target_row
  %v38 = load i32, ptr %v36, align 1
  store i32 %v38, ptr %v37, align 1
  %v39 = getelementptr i8, ptr %v36, i64 %source_row
  %v40 = getelementptr i8, ptr %v37, i64 %target_row
  %v41 = load i32, ptr %v39, align 1
  store i32 %v41, ptr %v40, align 1
  %v42 = getelementptr i8, ptr %v39, i64 %source_row
  %v43 = getelementptr i8, ptr %v40, i64 %target_row
  %v44 = load i32, ptr %v42, align 1
  store i32 %v44, ptr %v43, align 1
  %v45 = getelementptr i8, ptr %v42, i64 %source_row
  %v46 = getelementptr i8, ptr %v43, i64 %target_row
  %v47 = load i32, ptr %v45, align 1
  store i32 %v47, ptr %v46, align 1
  %v48 = getelementptr i8, ptr %v45, i64 %source_row
  %v49 = getelementptr i8, ptr %v46, i64 %target_row
  %v50 = load i32, ptr %v48, align 1
  store i32 %v50, ptr %v49, align 1
  %v51 = getelementptr i8, ptr %v48, i64 %source_row
  %v52 = getelementptr i8, ptr %v49, i64 %target_row
  %v53 = load i32, ptr %v51, align 1
  store i32 %v53, ptr %v52, align 1
  %v54 = getelementptr i8, ptr %v51, i64 %source_row
  %v55 = getelementptr i8, ptr %v52, i64 %target_row
  %v56 = load i32, ptr %v54, align 1
  store i32 %v56, ptr %v55, align 1
  br label %end10
else9:
  %v59 = icmp slt i64 0, %rows
  br i1 %v59, label %loop57, label %done58
loop57:
  %v60 = phi i64 [ 0, %else9 ], [ %v66, %loop57 ]
  %v61 = phi ptr [ %v6, %else9 ], [ %v64, %loop57 ]
  %v62 = phi ptr [ %v7, %else9 ], [ %v65, %loop57 ]
  %v63 = load i32, ptr %v61, align 1
  store i32 %v63, ptr %v62, align 1
  %v64 = getelementptr i8, ptr %v61, i64 %source_row
  %v65 = getelementptr i8, ptr %v62, i64 %target_row
  %v66 = add i64 %v60, 1
  %v67 = icmp slt i64 %v66, %rows
  br i1 %v67, label %loop57, label %done58
done58:
  %v68 = phi ptr [ %v6, %else9 ], [ %v64, %loop57 ]
  %v69 = phi ptr [ %v7, %else9 ], [ %v65, %loop57 ]
  br label %end10
end10:
  %v70 = getelementptr i8, ptr %v6, i64 %source_column
  %v71 = getelementptr i8, ptr %v7, i64 %target_column
  %v72 = add i64 %v5, 1
  %v73 = icmp slt i64 %v72, %count
  br i1 %v73, label %loop2, label %done3
done3:
  %v74 = phi ptr [ %source, %main ], [ %v70, %end10 ]
  %v75 = phi ptr [ %target, %main ], [ %v71, %end10 ]
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
