declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
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
  %v18 = phi i64 [ %begin, %main ], [ %v98, %done42 ]
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
  %v39 = shufflevector <4 x float> %v38, <4 x float> poison, <32 x i32> zeroinitializer
  %v43 = icmp slt i64 0, %v40
  br i1 %v43, label %loop41, label %done42
loop41:
  %v44 = phi i64 [ 0, %loop15 ], [ %v96, %end63 ]
  %v45 = sub i64 %v40, %v44
  %v46 = icmp sge i64 %v45, 32
  %v47 = mul i64 %v44, 4
  %v48 = getelementptr i8, ptr %v22, i64 %v47
  %v49 = getelementptr i8, ptr %v30, i64 %v47
  br i1 %v46, label %then50, label %else51, !prof !0
then50:
  %v53 = load <32 x float>, ptr %v48, align 1
  br label %end52
else51:
  %v54 = trunc i64 %v45 to i32
  %v55 = insertelement <32 x i32> poison, i32 %v54, i32 0
  %v56 = shufflevector <32 x i32> %v55, <32 x i32> poison, <32 x i32> zeroinitializer
  %v57 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v56
  %v58 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v48, i32 1, <32 x i1> %v57, <32 x float> zeroinitializer)
  br label %end52
end52:
  %v59 = phi <32 x float> [ %v53, %then50 ], [ %v58, %else51 ]
  %v60 = fadd <32 x float> %v59, %v39
  br i1 %v46, label %then61, label %else62, !prof !0
then61:
  store <32 x float> %v60, ptr %v49, align 64, !nontemporal !2
  br label %end63
else62:
  %v64 = trunc i64 %v45 to i32
  %v65 = insertelement <32 x i32> poison, i32 %v64, i32 0
  %v66 = shufflevector <32 x i32> %v65, <32 x i32> poison, <32 x i32> zeroinitializer
  %v67 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v66
  %v68 = shufflevector <32 x float> %v60, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v69 = icmp sge i64 %v45, 16
  br i1 %v69, label %then70, label %else71
then70:
  store <16 x float> %v68, ptr %v49, align 64, !nontemporal !2
  br label %end72
else71:
  %v73 = icmp sgt i64 %v45, 0
  br i1 %v73, label %then74, label %else75
then74:
  %v77 = trunc i64 %v45 to i32
  %v78 = insertelement <16 x i32> poison, i32 %v77, i32 0
  %v79 = shufflevector <16 x i32> %v78, <16 x i32> poison, <16 x i32> zeroinitializer
  %v80 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v79
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v68, ptr %v49, i32 1, <16 x i1> %v80)
  br label %end76
else75:
  br label %end76
end76:
  br label %end72
end72:
  %v81 = shufflevector <32 x float> %v60, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v82 = getelementptr i8, ptr %v49, i64 64
  %v83 = icmp sge i64 %v45, 32
  br i1 %v83, label %then84, label %else85
then84:
  store <16 x float> %v81, ptr %v82, align 64, !nontemporal !2
  br label %end86
else85:
  %v87 = icmp sgt i64 %v45, 16
  br i1 %v87, label %then88, label %else89
then88:
  %v91 = sub i64 %v45, 16
  %v92 = trunc i64 %v91 to i32
  %v93 = insertelement <16 x i32> poison, i32 %v92, i32 0
  %v94 = shufflevector <16 x i32> %v93, <16 x i32> poison, <16 x i32> zeroinitializer
  %v95 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v94
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v81, ptr %v82, i32 1, <16 x i1> %v95)
  br label %end90
else89:
  br label %end90
end90:
  br label %end86
end86:
  br label %end63
end63:
  %v96 = add i64 %v44, 32
  %v97 = icmp slt i64 %v96, %v40
  br i1 %v97, label %loop41, label %done42
done42:
  %v98 = add i64 %v18, 1
  %v99 = icmp slt i64 %v98, %end
  br i1 %v99, label %loop15, label %done16
done16:
  call void @llvm.x86.sse.sfence()
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
