

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
  %v16 = load ptr, ptr %v4, align 8
  %v17 = getelementptr i8, ptr %v4, i64 8
  %v18 = load ptr, ptr %v17, align 8
  %v19 = sub i64 16, 1
  %v20 = add i64 %v15, %v19
  %v21 = udiv i64 %v20, 16
  %v24 = icmp slt i64 %begin, %end
  br i1 %v24, label %loop22, label %done23
loop22:
  %v25 = phi i64 [ %begin, %work2 ], [ %v90, %end36 ]
  %v26 = udiv i64 %v25, %v21
  %v27 = urem i64 %v25, %v21
  %v28 = mul i64 %v27, 16
  %v29 = mul i64 %v26, %v13
  %v30 = mul i64 %v29, %v15
  %v31 = add i64 %v30, %v28
  %v32 = sub i64 %v15, %v28
  %v33 = icmp sge i64 %v32, 16
  br i1 %v33, label %then34, label %else35
then34:
  %v39 = icmp slt i64 0, %v13
  br i1 %v39, label %loop37, label %done38
loop37:
  %v40 = phi i64 [ 0, %then34 ], [ %v56, %loop37 ]
  %v41 = phi <16 x float> [ splat (float 0x0000000000000000), %then34 ], [ %v49, %loop37 ]
  %v42 = mul i64 %v40, %v15
  %v43 = add i64 %v31, %v42
  %v44 = mul i64 %v43, 2
  %v45 = getelementptr i8, ptr %v16, i64 %v44
  %v46 = load <16 x i16>, ptr %v45, align 2
  %v47 = bitcast <16 x i16> %v46 to <16 x half>
  %v48 = fpext <16 x half> %v47 to <16 x float>
  %v49 = fadd <16 x float> %v41, %v48
  %v50 = mul i64 %v43, 2
  %v51 = getelementptr i8, ptr %v18, i64 %v50
  %v52 = fptrunc <16 x float> %v49 to <16 x half>
  %v53 = fpext <16 x half> %v52 to <16 x float>
  %v54 = fptrunc <16 x float> %v53 to <16 x half>
  %v55 = bitcast <16 x half> %v54 to <16 x i16>
  store <16 x i16> %v55, ptr %v51, align 2
  %v56 = add i64 %v40, 1
  %v57 = icmp slt i64 %v56, %v13
  br i1 %v57, label %loop37, label %done38
done38:
  %v58 = phi <16 x float> [ splat (float 0x0000000000000000), %then34 ], [ %v49, %loop37 ]
  br label %end36
else35:
  %v59 = sub i64 %v15, %v28
  %v62 = icmp slt i64 0, %v59
  br i1 %v62, label %loop60, label %done61
loop60:
  %v63 = phi i64 [ 0, %else35 ], [ %v88, %done67 ]
  %v64 = add i64 %v31, %v63
  %v65 = add i64 %v31, %v63
  %v68 = icmp slt i64 0, %v13
  br i1 %v68, label %loop66, label %done67
loop66:
  %v69 = phi i64 [ 0, %loop60 ], [ %v85, %loop66 ]
  %v70 = phi float [ 0x0000000000000000, %loop60 ], [ %v78, %loop66 ]
  %v71 = mul i64 %v69, %v15
  %v72 = add i64 %v65, %v71
  %v73 = mul i64 %v72, 2
  %v74 = getelementptr i8, ptr %v16, i64 %v73
  %v75 = load i16, ptr %v74, align 2
  %v76 = bitcast i16 %v75 to half
  %v77 = fpext half %v76 to float
  %v78 = fadd float %v70, %v77
  %v79 = mul i64 %v72, 2
  %v80 = getelementptr i8, ptr %v18, i64 %v79
  %v81 = fptrunc float %v78 to half
  %v82 = fpext half %v81 to float
  %v83 = fptrunc float %v82 to half
  %v84 = bitcast half %v83 to i16
  store i16 %v84, ptr %v80, align 2
  %v85 = add i64 %v69, 1
  %v86 = icmp slt i64 %v85, %v13
  br i1 %v86, label %loop66, label %done67
done67:
  %v87 = phi float [ 0x0000000000000000, %loop60 ], [ %v78, %loop66 ]
  %v88 = add i64 %v63, 1
  %v89 = icmp slt i64 %v88, %v59
  br i1 %v89, label %loop60, label %done61
done61:
  br label %end36
end36:
  %v90 = add i64 %v25, 1
  %v91 = icmp slt i64 %v90, %end
  br i1 %v91, label %loop22, label %done23
done23:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
