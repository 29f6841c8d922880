declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare void @llvm.masked.store.v64f32.p0(<64 x float>, ptr, i32, <64 x i1>)
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
  %v18 = phi i64 [ %begin, %main ], [ %v68, %done42 ]
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
  %v44 = phi i64 [ 0, %loop15 ], [ %v66, %end62 ]
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
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v59, ptr %v49, i32 1, <64 x i1> %v65)
  br label %end62
end62:
  %v66 = add i64 %v44, 64
  %v67 = icmp slt i64 %v66, %v40
  br i1 %v67, label %loop41, label %done42
done42:
  %v68 = add i64 %v18, 1
  %v69 = icmp slt i64 %v68, %end
  br i1 %v69, label %loop15, label %done16
done16:
  call void @llvm.x86.sse.sfence()
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
