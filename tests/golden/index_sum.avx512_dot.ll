declare i64 @llvm.smin.i64(i64, i64)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  br label %main
main:
  %v3 = icmp slt i64 %begin, %end
  br i1 %v3, label %work2, label %empty1
empty1:
  ret i64 0
work2:
  %v4 = load ptr, ptr %arguments, align 8
  %v5 = getelementptr i8, ptr %arguments, i64 8
  %v6 = load ptr, ptr %v5, align 8
  %v7 = getelementptr i8, ptr %arguments, i64 16
  %v8 = load ptr, ptr %v7, align 8
  %v9 = getelementptr i8, ptr %arguments, i64 24
  %v10 = load ptr, ptr %v9, align 8
  %v11 = getelementptr i8, ptr %arguments, i64 32
  %v12 = load ptr, ptr %v11, align 8
  %v13 = load i64, ptr %v6, align 8
  %v14 = getelementptr i8, ptr %v6, i64 8
  %v15 = load i64, ptr %v14, align 8
  %v16 = getelementptr i8, ptr %v6, i64 16
  %v17 = load i64, ptr %v16, align 8
  %v18 = getelementptr i8, ptr %v6, i64 24
  %v19 = load i64, ptr %v18, align 8
  %v20 = getelementptr i8, ptr %v6, i64 32
  %v21 = load i64, ptr %v20, align 8
  %v22 = getelementptr i8, ptr %v6, i64 40
  %v23 = load i64, ptr %v22, align 8
  %v24 = getelementptr i8, ptr %v6, i64 48
  %v25 = load i64, ptr %v24, align 8
  %v26 = load ptr, ptr %v4, align 8
  %v27 = getelementptr i8, ptr %v4, i64 16
  %v28 = load ptr, ptr %v27, align 8
  %v29 = getelementptr i8, ptr %v4, i64 8
  %v30 = load ptr, ptr %v29, align 8
  %v31 = sub i64 %v13, 1
  %v32 = add i64 %v15, %v31
  %v33 = udiv i64 %v32, %v13
  %v36 = icmp slt i64 %begin, %end
  br i1 %v36, label %loop34, label %done35
loop34:
  %v37 = phi i64 [ %begin, %work2 ], [ %v111, %end68 ]
  %v38 = phi i64 [ %begin, %work2 ], [ %v110, %end68 ]
  %v39 = mul i64 %v38, %v13
  %v40 = mul i64 %v39, %v17
  %v41 = getelementptr i8, ptr %v26, i64 %v40
  %v42 = mul i64 %v39, %v19
  %v43 = getelementptr i8, ptr %v28, i64 %v42
  %v44 = mul i64 %v39, %v21
  %v45 = getelementptr i8, ptr %v30, i64 %v44
  %v46 = sub i64 %v15, %v39
  %v47 = call i64 @llvm.smin.i64(i64 %v13, i64 %v46)
  %v48 = load i64, ptr %v45, align 8
  %v49 = icmp slt i64 %v48, 0
  %v50 = add i64 %v48, %v23
  %v51 = select i1 %v49, i64 %v50, i64 %v48
  %v52 = icmp uge i64 %v51, %v23
  br i1 %v52, label %bad53, label %good54, !prof !1
bad53:
  %v55 = ptrtoint ptr %v45 to i64
  %v56 = ptrtoint ptr %v30 to i64
  %v57 = sub i64 %v55, %v56
  %v58 = udiv i64 %v57, 8
  store i64 %v48, ptr %v12, align 8
  %v59 = getelementptr i8, ptr %v12, i64 8
  store i64 %v23, ptr %v59, align 8
  %v60 = getelementptr i8, ptr %v12, i64 16
  store i64 %v58, ptr %v60, align 8
  ret i64 1
good54:
  %v61 = mul i64 %v51, %v25
  %v62 = getelementptr i8, ptr %v43, i64 %v61
  %v63 = icmp eq i64 %v17, 4
  %v64 = icmp eq i64 %v19, 4
  %v65 = and i1 %v63, %v64
  br i1 %v65, label %then66, label %else67
then66:
  %v69 = urem i64 %v47, 16
  %v70 = sub i64 %v47, %v69
  %v73 = icmp slt i64 0, %v70
  br i1 %v73, label %loop71, label %done72
loop71:
  %v74 = phi i64 [ 0, %then66 ], [ %v82, %loop71 ]
  %v75 = mul i64 %v74, 4
  %v76 = getelementptr i8, ptr %v41, i64 %v75
  %v77 = mul i64 %v74, 4
  %v78 = getelementptr i8, ptr %v62, i64 %v77
  %v79 = load <16 x float>, ptr %v76, align 4
  %v80 = load <16 x float>, ptr %v78, align 4
  %v81 = fadd <16 x float> %v79, %v80
  store <16 x float> %v81, ptr %v78, align 4
  %v82 = add i64 %v74, 16
  %v83 = icmp slt i64 %v82, %v70
  br i1 %v83, label %loop71, label %done72
done72:
  %v86 = icmp slt i64 %v70, %v47
  br i1 %v86, label %loop84, label %done85
loop84:
  %v87 = phi i64 [ %v70, %done72 ], [ %v95, %loop84 ]
  %v88 = mul i64 %v87, 4
  %v89 = getelementptr i8, ptr %v41, i64 %v88
  %v90 = mul i64 %v87, 4
  %v91 = getelementptr i8, ptr %v62, i64 %v90
  %v92 = load float, ptr %v89, align 4
  %v93 = load float, ptr %v91, align 4
  %v94 = fadd float %v92, %v93
  store float %v94, ptr %v91, align 4
  %v95 = add i64 %v87, 1
  %v96 = icmp slt i64 %v95, %v47
  br i1 %v96, label %loop84, label %done85
done85:
  br label %end68
else67:
  %v99 = icmp slt i64 0, %v47
  br i1 %v99, label %loop97, label %done98
loop97:
  %v100 = phi i64 [ 0, %else67 ], [ %v108, %loop97 ]
  %v101 = mul i64 %v100, %v17
  %v102 = getelementptr i8, ptr %v41, i64 %v101
  %v103 = mul i64 %v100, %v19
  %v104 = getelementptr i8, ptr %v62, i64 %v103
  %v105 = load float, ptr %v102, align 4
  %v106 = load float, ptr %v104, align 4
  %v107 = fadd float %v105, %v106
  store float %v107, ptr %v104, align 4
  %v108 = add i64 %v100, 1
  %v109 = icmp slt i64 %v108, %v47
  br i1 %v109, label %loop97, label %done98
done98:
  br label %end68
end68:
  %v110 = add i64 %v38, 1
  %v111 = add i64 %v37, 1
  %v112 = icmp slt i64 %v111, %end
  br i1 %v112, label %loop34, label %done35
done35:
  %v113 = phi i64 [ %begin, %work2 ], [ %v110, %end68 ]
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
