declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare void @llvm.masked.store.v16f32.p0(<16 x float>, ptr, i32, <16 x i1>)
declare void @llvm.x86.sse.sfence()

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
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
  %v34 = load double, ptr %v5, align 8
  %v35 = fptrunc double %v34 to float
  %v36 = insertelement <4 x float> poison, float %v35, i32 0
  %v37 = shufflevector <4 x float> %v36, <4 x float> poison, <4 x i32> zeroinitializer
  %v40 = load i64, ptr %v3, align 8
  br label %main
main:
  %v17 = icmp slt i64 %begin, %end
  br i1 %v17, label %loop15, label %done16
loop15:
  %v18 = phi i64 [ %begin, %main ], [ %v126, %done42 ]
  %v21 = mul i64 %v18, %v20
  %v22 = getelementptr i8, ptr %v10, i64 %v21
  %v25 = mul i64 %v18, %v24
  %v26 = getelementptr i8, ptr %v12, i64 %v25
  %v29 = mul i64 %v18, %v28
  %v30 = getelementptr i8, ptr %v14, i64 %v29
  %v31 = load float, ptr %v26, align 1
  %v32 = insertelement <4 x float> poison, float %v31, i32 0
  %v33 = shufflevector <4 x float> %v32, <4 x float> poison, <4 x i32> zeroinitializer
  %v38 = fmul <4 x float> %v33, %v37
  %v39 = shufflevector <4 x float> %v38, <4 x float> poison, <64 x i32> zeroinitializer
  %v43 = icmp slt i64 0, %v40
  br i1 %v43, label %loop41, label %done42
loop41:
  %v44 = phi i64 [ 0, %loop15 ], [ %v124, %end62 ]
  %v45 = sub i64 %v40, %v44
  %v46 = icmp sge i64 %v45, 64
  %v47 = mul i64 %v44, 4
  %v48 = getelementptr i8, ptr %v22, i64 %v47
  %v49 = getelementptr i8, ptr %v30, i64 %v47
  br i1 %v46, label %then50, label %else51, !prof !0
then50:
  %v53 = load <64 x float>, ptr %v48, align 1
  br label %end52
else51:
  %v54 = shl i64 -1, %v45
  %v55 = xor i64 %v54, -1
  %v56 = bitcast i64 %v55 to <64 x i1>
  %v57 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v48, i32 1, <64 x i1> %v56, <64 x float> zeroinitializer)
  br label %end52
end52:
  %v58 = phi <64 x float> [ %v53, %then50 ], [ %v57, %else51 ]
  %v59 = fadd <64 x float> %v58, %v39
  br i1 %v46, label %then60, label %else61, !prof !0
then60:
  store <64 x float> %v59, ptr %v49, align 64, !nontemporal !2
  br label %end62
else61:
  %v63 = shl i64 -1, %v45
  %v64 = xor i64 %v63, -1
  %v65 = bitcast i64 %v64 to <64 x i1>
  %v66 = shufflevector <64 x float> %v59, <64 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v67 = icmp sge i64 %v45, 16
  br i1 %v67, label %then68, label %else69
then68:
  store <16 x float> %v66, ptr %v49, align 64, !nontemporal !2
  br label %end70
else69:
  %v71 = icmp sgt i64 %v45, 0
  br i1 %v71, label %then72, label %else73
then72:
  %v75 = shl i64 -1, %v45
  %v76 = xor i64 %v75, -1
  %v77 = trunc i64 %v76 to i16
  %v78 = bitcast i16 %v77 to <16 x i1>
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v66, ptr %v49, i32 1, <16 x i1> %v78)
  br label %end74
else73:
  br label %end74
end74:
  br label %end70
end70:
  %v79 = shufflevector <64 x float> %v59, <64 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v80 = getelementptr i8, ptr %v49, i64 64
  %v81 = icmp sge i64 %v45, 32
  br i1 %v81, label %then82, label %else83
then82:
  store <16 x float> %v79, ptr %v80, align 64, !nontemporal !2
  br label %end84
else83:
  %v85 = icmp sgt i64 %v45, 16
  br i1 %v85, label %then86, label %else87
then86:
  %v89 = sub i64 %v45, 16
  %v90 = shl i64 -1, %v89
  %v91 = xor i64 %v90, -1
  %v92 = trunc i64 %v91 to i16
  %v93 = bitcast i16 %v92 to <16 x i1>
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v79, ptr %v80, i32 1, <16 x i1> %v93)
  br label %end88
else87:
  br label %end88
end88:
  br label %end84
end84:
  %v94 = shufflevector <64 x float> %v59, <64 x float> poison, <16 x i32> <i32 32, i32 33, i32 34, i32 35, i32 36, i32 37, i32 38, i32 39, i32 40, i32 41, i32 42, i32 43, i32 44, i32 45, i32 46, i32 47>
  %v95 = getelementptr i8, ptr %v49, i64 128
  %v96 = icmp sge i64 %v45, 48
  br i1 %v96, label %then97, label %else98
then97:
  store <16 x float> %v94, ptr %v95, align 64, !nontemporal !2
  br label %end99
else98:
  %v100 = icmp sgt i64 %v45, 32
  br i1 %v100, label %then101, label %else102
then101:
  %v104 = sub i64 %v45, 32
  %v105 = shl i64 -1, %v104
  %v106 = xor i64 %v105, -1
  %v107 = trunc i64 %v106 to i16
  %v108 = bitcast i16 %v107 to <16 x i1>
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v94, ptr %v95, i32 1, <16 x i1> %v108)
  br label %end103
else102:
  br label %end103
end103:
  br label %end99
end99:
  %v109 = shufflevector <64 x float> %v59, <64 x float> poison, <16 x i32> <i32 48, i32 49, i32 50, i32 51, i32 52, i32 53, i32 54, i32 55, i32 56, i32 57, i32 58, i32 59, i32 60, i32 61, i32 62, i32 63>
  %v110 = getelementptr i8, ptr %v49, i64 192
  %v111 = icmp sge i64 %v45, 64
  br i1 %v111, label %then112, label %else113
then112:
  store <16 x float> %v109, ptr %v110, align 64, !nontemporal !2
  br label %end114
else113:
  %v115 = icmp sgt i64 %v45, 48
  br i1 %v115, label %then116, label %else117
then116:
  %v119 = sub i64 %v45, 48
  %v120 = shl i64 -1, %v119
  %v121 = xor i64 %v120, -1
  %v122 = trunc i64 %v121 to i16
  %v123 = bitcast i16 %v122 to <16 x i1>
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v109, ptr %v110, i32 1, <16 x i1> %v123)
  br label %end118
else117:
  br label %end118
end118:
  br label %end114
end114:
  br label %end62
end62:
  %v124 = add i64 %v44, 64
  %v125 = icmp slt i64 %v124, %v40
  br i1 %v125, label %loop41, label %done42
done42:
  %v126 = add i64 %v18, 1
  %v127 = icmp slt i64 %v126, %end
  br i1 %v127, label %loop15, label %done16
done16:
  call void @llvm.x86.sse.sfence()
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
