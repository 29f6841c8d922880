declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)
declare void @llvm.masked.store.v16i16.p0(<16 x i16>, ptr, i32, <16 x i1>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  br label %main
main:
  %v1 = load ptr, ptr %arguments, align 8
  %v2 = getelementptr i8, ptr %arguments, i64 8
  %v3 = load ptr, ptr %v2, align 8
  %v4 = getelementptr i8, ptr %arguments, i64 16
  %v5 = load ptr, ptr %v4, align 8
  %v6 = getelementptr i8, ptr %arguments, i64 24
  %v7 = load ptr, ptr %v6, align 8
  %v8 = getelementptr i8, ptr %arguments, i64 32
  %v9 = load ptr, ptr %v8, align 8
  %v10 = load i64, ptr %v3, align 8
  %v11 = load ptr, ptr %v1, align 8
  %v12 = getelementptr i8, ptr %v1, i64 8
  %v13 = load ptr, ptr %v12, align 8
  %v16 = icmp slt i64 %begin, %end
  br i1 %v16, label %loop14, label %done15
loop14:
  %v17 = phi i64 [ %begin, %main ], [ %v75, %done26 ]
  %v18 = mul i64 %v17, 4096
  %v19 = add i64 %v18, 4096
  %v20 = call i64 @llvm.smin.i64(i64 %v19, i64 %v10)
  %v21 = sub i64 %v20, %v18
  %v22 = udiv i64 %v21, 16
  %v23 = mul i64 %v22, 16
  %v24 = add i64 %v18, %v23
  %v27 = icmp slt i64 %v18, %v24
  br i1 %v27, label %loop25, label %done26
loop25:
  %v28 = phi i64 [ %v18, %loop14 ], [ %v46, %loop25 ]
  %v29 = getelementptr float, ptr %v11, i64 %v28
  %v30 = load <16 x float>, ptr %v29, align 4
  %v31 = bitcast <16 x float> %v30 to <16 x i32>
  %v32 = lshr <16 x i32> %v31, splat (i32 16)
  %v33 = and <16 x i32> %v32, splat (i32 1)
  %v34 = add <16 x i32> %v33, splat (i32 32767)
  %v35 = add <16 x i32> %v31, %v34
  %v36 = and <16 x i32> %v35, splat (i32 -65536)
  %v37 = fcmp uno <16 x float> %v30, %v30
  %v38 = and <16 x i32> %v31, splat (i32 -65536)
  %v39 = or <16 x i32> %v38, splat (i32 2143289344)
  %v40 = select <16 x i1> %v37, <16 x i32> %v39, <16 x i32> %v36
  %v41 = bitcast <16 x i32> %v40 to <16 x float>
  %v42 = bitcast <16 x float> %v41 to <16 x i32>
  %v43 = lshr <16 x i32> %v42, splat (i32 16)
  %v44 = trunc <16 x i32> %v43 to <16 x i16>
  %v45 = getelementptr i16, ptr %v13, i64 %v28
  store <16 x i16> %v44, ptr %v45, align 2
  %v46 = add i64 %v28, 16
  %v47 = icmp slt i64 %v46, %v24
  br i1 %v47, label %loop25, label %done26
done26:
  %v48 = sub i64 %v20, %v24
  %v49 = trunc i64 0 to i32
  %v50 = insertelement <16 x i32> poison, i32 %v49, i32 0
  %v51 = shufflevector <16 x i32> %v50, <16 x i32> poison, <16 x i32> zeroinitializer
  %v52 = icmp sge <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v51
  %v53 = trunc i64 %v48 to i32
  %v54 = insertelement <16 x i32> poison, i32 %v53, i32 0
  %v55 = shufflevector <16 x i32> %v54, <16 x i32> poison, <16 x i32> zeroinitializer
  %v56 = icmp slt <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v55
  %v57 = and <16 x i1> %v52, %v56
  %v58 = getelementptr float, ptr %v11, i64 %v24
  %v59 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v58, i32 4, <16 x i1> %v57, <16 x float> zeroinitializer)
  %v60 = bitcast <16 x float> %v59 to <16 x i32>
  %v61 = lshr <16 x i32> %v60, splat (i32 16)
  %v62 = and <16 x i32> %v61, splat (i32 1)
  %v63 = add <16 x i32> %v62, splat (i32 32767)
  %v64 = add <16 x i32> %v60, %v63
  %v65 = and <16 x i32> %v64, splat (i32 -65536)
  %v66 = fcmp uno <16 x float> %v59, %v59
  %v67 = and <16 x i32> %v60, splat (i32 -65536)
  %v68 = or <16 x i32> %v67, splat (i32 2143289344)
  %v69 = select <16 x i1> %v66, <16 x i32> %v68, <16 x i32> %v65
  %v70 = bitcast <16 x i32> %v69 to <16 x float>
  %v71 = bitcast <16 x float> %v70 to <16 x i32>
  %v72 = lshr <16 x i32> %v71, splat (i32 16)
  %v73 = trunc <16 x i32> %v72 to <16 x i16>
  %v74 = getelementptr i16, ptr %v13, i64 %v24
  call void @llvm.masked.store.v16i16.p0(<16 x i16> %v73, ptr %v74, i32 2, <16 x i1> %v57)
  %v75 = add i64 %v17, 1
  %v76 = icmp slt i64 %v75, %end
  br i1 %v76, label %loop14, label %done15
done15:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
