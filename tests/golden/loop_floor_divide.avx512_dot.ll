declare <32 x i32> @llvm.masked.load.v32i32.p0(ptr, i32, <32 x i1>, <32 x i32>)
declare void @llvm.masked.store.v32i32.p0(<32 x i32>, ptr, i32, <32 x i1>)
declare i8 @llvm.vector.reduce.or.v64i8(<64 x i8>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer62 = alloca [64 x i8], align 64
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
  %v19 = getelementptr i8, ptr %v3, i64 24
  %v20 = load i64, ptr %v19, align 8
  %v23 = getelementptr i8, ptr %v3, i64 48
  %v24 = load i64, ptr %v23, align 8
  %v27 = getelementptr i8, ptr %v3, i64 72
  %v28 = load i64, ptr %v27, align 8
  %v31 = load i64, ptr %v3, align 8
  store <64 x i8> splat (i8 0), ptr %buffer62, align 64
  br label %main
main:
  %v17 = icmp slt i64 %begin, %end
  br i1 %v17, label %loop15, label %done16
loop15:
  %v18 = phi i64 [ %begin, %main ], [ %v91, %done33 ]
  %v21 = mul i64 %v18, %v20
  %v22 = getelementptr i8, ptr %v10, i64 %v21
  %v25 = mul i64 %v18, %v24
  %v26 = getelementptr i8, ptr %v12, i64 %v25
  %v29 = mul i64 %v18, %v28
  %v30 = getelementptr i8, ptr %v14, i64 %v29
  %v34 = icmp slt i64 0, %v31
  br i1 %v34, label %loop32, label %done33
loop32:
  %v35 = phi i64 [ 0, %loop15 ], [ %v89, %end84 ]
  %v36 = sub i64 %v31, %v35
  %v37 = icmp sge i64 %v36, 32
  %v38 = mul i64 %v35, 4
  %v39 = getelementptr i8, ptr %v22, i64 %v38
  %v40 = getelementptr i8, ptr %v26, i64 %v38
  %v41 = getelementptr i8, ptr %v30, i64 %v38
  %v42 = select i1 %v37, i64 32, i64 %v36
  %v43 = trunc i64 %v42 to i32
  %v44 = insertelement <32 x i32> poison, i32 %v43, i32 0
  %v45 = shufflevector <32 x i32> %v44, <32 x i32> poison, <32 x i32> zeroinitializer
  %v46 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v45
  br i1 %v37, label %then47, label %else48, !prof !0
then47:
  %v50 = load <32 x i32>, ptr %v39, align 1
  %v51 = load <32 x i32>, ptr %v40, align 1
  br label %end49
else48:
  %v52 = shl i64 -1, %v36
  %v53 = xor i64 %v52, -1
  %v54 = trunc i64 %v53 to i32
  %v55 = bitcast i32 %v54 to <32 x i1>
  %v56 = call <32 x i32> @llvm.masked.load.v32i32.p0(ptr %v39, i32 1, <32 x i1> %v55, <32 x i32> zeroinitializer)
  %v57 = call <32 x i32> @llvm.masked.load.v32i32.p0(ptr %v40, i32 1, <32 x i1> %v55, <32 x i32> zeroinitializer)
  br label %end49
end49:
  %v58 = phi <32 x i32> [ %v50, %then47 ], [ %v56, %else48 ]
  %v59 = phi <32 x i32> [ %v51, %then47 ], [ %v57, %else48 ]
  %v60 = icmp sgt <32 x i32> %v58, %v59
  %v61 = icmp eq <32 x i32> %v59, splat (i32 0)
  %v63 = and <32 x i1> %v61, %v46
  %v64 = load <32 x i8>, ptr %buffer62, align 1
  %v65 = zext <32 x i1> %v63 to <32 x i8>
  %v66 = or <32 x i8> %v64, %v65
  store <32 x i8> %v66, ptr %buffer62, align 1
  %v67 = select <32 x i1> %v61, <32 x i32> splat (i32 1), <32 x i32> %v59
  %v68 = sitofp <32 x i32> %v58 to <32 x double>
  %v69 = sitofp <32 x i32> %v67 to <32 x double>
  %v70 = fdiv <32 x double> %v68, %v69
  %v71 = fptosi <32 x double> %v70 to <32 x i64>
  %v72 = trunc <32 x i64> %v71 to <32 x i32>
  %v73 = mul <32 x i32> %v72, %v59
  %v74 = sub <32 x i32> %v58, %v73
  %v75 = icmp ne <32 x i32> %v74, splat (i32 0)
  %v76 = xor <32 x i32> %v74, %v59
  %v77 = icmp slt <32 x i32> %v76, splat (i32 0)
  %v78 = and <32 x i1> %v75, %v77
  %v79 = sext <32 x i1> %v78 to <32 x i32>
  %v80 = add <32 x i32> %v72, %v79
  %v81 = select <32 x i1> %v60, <32 x i32> %v80, <32 x i32> %v59
  br i1 %v37, label %then82, label %else83, !prof !0
then82:
  store <32 x i32> %v81, ptr %v41, align 1
  br label %end84
else83:
  %v85 = shl i64 -1, %v36
  %v86 = xor i64 %v85, -1
  %v87 = trunc i64 %v86 to i32
  %v88 = bitcast i32 %v87 to <32 x i1>
  call void @llvm.masked.store.v32i32.p0(<32 x i32> %v81, ptr %v41, i32 1, <32 x i1> %v88)
  br label %end84
end84:
  %v89 = add i64 %v35, 32
  %v90 = icmp slt i64 %v89, %v31
  br i1 %v90, label %loop32, label %done33
done33:
  %v91 = add i64 %v18, 1
  %v92 = icmp slt i64 %v91, %end
  br i1 %v92, label %loop15, label %done16
done16:
  %v93 = load <64 x i8>, ptr %buffer62, align 1
  %v94 = call i8 @llvm.vector.reduce.or.v64i8(<64 x i8> %v93)
  %v95 = zext i8 %v94 to i64
  ret i64 %v95
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
