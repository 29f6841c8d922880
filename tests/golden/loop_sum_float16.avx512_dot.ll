declare i64 @llvm.smin.i64(i64, i64)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer25 = alloca [2112 x i8], align 64
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
  %v17 = getelementptr i8, ptr %v3, i64 24
  %v18 = load i64, ptr %v17, align 8
  %v21 = getelementptr i8, ptr %v3, i64 48
  %v22 = load i64, ptr %v21, align 8
  %v26 = getelementptr i8, ptr %v3, i64 8
  %v27 = load i64, ptr %v26, align 8
  %v33 = getelementptr i8, ptr %v3, i64 40
  %v34 = load i64, ptr %v33, align 8
  %v37 = getelementptr i8, ptr %v3, i64 64
  %v38 = load i64, ptr %v37, align 8
  %v41 = load i64, ptr %v3, align 8
  %v50 = getelementptr i8, ptr %v3, i64 32
  %v51 = load i64, ptr %v50, align 8
  br label %main
main:
  %v15 = icmp slt i64 %begin, %end
  br i1 %v15, label %loop13, label %done14
loop13:
  %v16 = phi i64 [ %begin, %main ], [ %v113, %done29 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v30 = icmp slt i64 0, %v27
  br i1 %v30, label %loop28, label %done29
loop28:
  %v31 = phi i64 [ 0, %loop13 ], [ %v88, %done44 ]
  %v32 = phi <32 x float> [ splat (float 0x8000000000000000), %loop13 ], [ %v87, %done44 ]
  %v35 = mul i64 %v31, %v34
  %v36 = getelementptr i8, ptr %v20, i64 %v35
  %v39 = mul i64 %v31, %v38
  %v40 = getelementptr i8, ptr %v24, i64 %v39
  %v42 = mul i64 %v31, %v41
  %v45 = icmp slt i64 0, %v41
  br i1 %v45, label %loop43, label %done44
loop43:
  %v46 = phi i64 [ 0, %loop28 ], [ %v85, %done58 ]
  %v47 = phi <32 x float> [ %v32, %loop28 ], [ %v84, %done58 ]
  %v48 = sub i64 %v41, %v46
  %v49 = call i64 @llvm.smin.i64(i64 %v48, i64 1024)
  %v52 = mul i64 %v46, %v51
  %v53 = getelementptr i8, ptr %v36, i64 %v52
  %v54 = mul i64 %v46, 2
  %v55 = getelementptr i8, ptr %v40, i64 %v54
  %v56 = add i64 %v42, %v46
  call void @copy2(ptr %buffer25, i64 2, ptr %v53, i64 %v51, i64 %v49)
  %v59 = icmp slt i64 0, %v49
  br i1 %v59, label %loop57, label %done58
loop57:
  %v60 = phi i64 [ 0, %loop43 ], [ %v81, %end72 ]
  %v61 = phi <32 x float> [ splat (float 0x8000000000000000), %loop43 ], [ %v80, %end72 ]
  %v62 = add i64 %v56, %v60
  %v63 = sub i64 %v49, %v60
  %v64 = icmp sge i64 %v63, 32
  %v65 = mul i64 %v60, 2
  %v66 = getelementptr i8, ptr %buffer25, i64 %v65
  %v67 = load <32 x i16>, ptr %v66, align 1
  %v68 = bitcast <32 x i16> %v67 to <32 x half>
  %v69 = fpext <32 x half> %v68 to <32 x float>
  br i1 %v64, label %then70, label %else71, !prof !0
then70:
  %v73 = fadd <32 x float> %v61, %v69
  br label %end72
else71:
  %v74 = shl i64 -1, %v63
  %v75 = xor i64 %v74, -1
  %v76 = trunc i64 %v75 to i32
  %v77 = bitcast i32 %v76 to <32 x i1>
  %v78 = fadd <32 x float> %v61, %v69
  %v79 = select <32 x i1> %v77, <32 x float> %v78, <32 x float> %v61
  br label %end72
end72:
  %v80 = phi <32 x float> [ %v73, %then70 ], [ %v79, %else71 ]
  %v81 = add i64 %v60, 32
  %v82 = icmp slt i64 %v81, %v49
  br i1 %v82, label %loop57, label %done58
done58:
  %v83 = phi <32 x float> [ splat (float 0x8000000000000000), %loop43 ], [ %v80, %end72 ]
  %v84 = fadd <32 x float> %v47, %v83
  %v85 = add i64 %v46, 1024
  %v86 = icmp slt i64 %v85, %v41
  br i1 %v86, label %loop43, label %done44
done44:
  %v87 = phi <32 x float> [ %v32, %loop28 ], [ %v84, %done58 ]
  %v88 = add i64 %v31, 1
  %v89 = icmp slt i64 %v88, %v27
  br i1 %v89, label %loop28, label %done29
done29:
  %v90 = phi <32 x float> [ splat (float 0x8000000000000000), %loop13 ], [ %v87, %done44 ]
  %v91 = shufflevector <32 x float> %v90, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v92 = shufflevector <32 x float> %v90, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v93 = fadd <16 x float> %v91, %v92
  %v94 = shufflevector <16 x float> %v93, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v95 = shufflevector <16 x float> %v93, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v96 = fadd <8 x float> %v94, %v95
  %v97 = shufflevector <8 x float> %v96, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v98 = shufflevector <8 x float> %v96, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v99 = fadd <4 x float> %v97, %v98
  %v100 = shufflevector <4 x float> %v99, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v101 = shufflevector <4 x float> %v99, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v102 = fadd <2 x float> %v100, %v101
  %v103 = shufflevector <2 x float> %v102, <2 x float> poison, <1 x i32> <i32 0>
  %v104 = shufflevector <2 x float> %v102, <2 x float> poison, <1 x i32> <i32 1>
  %v105 = fadd <1 x float> %v103, %v104
  %v106 = fadd <1 x float> %v105, splat (float 0x0000000000000000)
  %v107 = shufflevector <1 x float> %v106, <1 x float> poison, <4 x i32> zeroinitializer
  %v108 = fptrunc <4 x float> %v107 to <4 x half>
  %v109 = fpext <4 x half> %v108 to <4 x float>
  %v110 = fptrunc <4 x float> %v109 to <4 x half>
  %v111 = bitcast <4 x half> %v110 to <4 x i16>
  %v112 = extractelement <4 x i16> %v111, i32 0
  store i16 %v112, ptr %v24, align 1
  %v113 = add i64 %v16, 1
  %v114 = icmp slt i64 %v113, %end
  br i1 %v114, label %loop13, label %done14
done14:
  ret i64 0
}

define internal void @copy2(ptr %target, i64 %target_stride, ptr %source, i64 %source_stride, i64 %count) nounwind {
entry:
  br label %main
main:
  %v3 = icmp slt i64 0, %count
  br i1 %v3, label %loop1, label %done2
loop1:
  %v4 = phi i64 [ 0, %main ], [ %v10, %loop1 ]
  %v5 = phi ptr [ %source, %main ], [ %v8, %loop1 ]
  %v6 = phi ptr [ %target, %main ], [ %v9, %loop1 ]
  %v7 = load i16, ptr %v5, align 1
  store i16 %v7, ptr %v6, align 1
  %v8 = getelementptr i8, ptr %v5, i64 %source_stride
  %v9 = getelementptr i8, ptr %v6, i64 %target_stride
  %v10 = add i64 %v4, 1
  %v11 = icmp slt i64 %v10, %count
  br i1 %v11, label %loop1, label %done2
done2:
  %v12 = phi ptr [ %source, %main ], [ %v8, %loop1 ]
  %v13 = phi ptr [ %target, %main ], [ %v9, %loop1 ]
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
