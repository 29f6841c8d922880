declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)
declare <16 x float> @llvm.x86.avx512bf16.dpbf16ps.512(<16 x float>, <32 x bfloat>, <32 x bfloat>)
declare void @llvm.masked.store.v16f32.p0(<16 x float>, ptr, i32, <16 x i1>)

define internal void @tile_2x1(ptr %a, i64 %a_row, i64 %a_step, ptr %b, i64 %b_step, i64 %depth, ptr %c, i64 %c_row, i64 %load, i64 %count, i64 %columns) nounwind {
entry:
  %buffer2 = alloca [64 x i8], align 64
  br label %main
main:
  %v1 = icmp ne i64 %load, 0
  %v3 = icmp eq i64 %columns, 16
  %v4 = icmp sgt i64 %count, 1
  %v5 = sub i64 %count, 1
  %v6 = call i64 @llvm.smin.i64(i64 %v5, i64 1)
  %v7 = mul i64 %v6, %a_row
  %v8 = getelementptr i8, ptr %a, i64 %v7
  %v9 = getelementptr i8, ptr %c, i64 %c_row
  %v10 = select i1 %v4, ptr %v9, ptr %buffer2
  %v11 = trunc i64 0 to i32
  %v12 = insertelement <16 x i32> poison, i32 %v11, i32 0
  %v13 = shufflevector <16 x i32> %v12, <16 x i32> poison, <16 x i32> zeroinitializer
  %v14 = icmp sge <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v13
  %v15 = trunc i64 %columns to i32
  %v16 = insertelement <16 x i32> poison, i32 %v15, i32 0
  %v17 = shufflevector <16 x i32> %v16, <16 x i32> poison, <16 x i32> zeroinitializer
  %v18 = icmp slt <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v17
  %v19 = and <16 x i1> %v14, %v18
  %v20 = sext i1 %v1 to i16
  %v21 = bitcast i16 %v20 to <16 x i1>
  %v22 = and <16 x i1> %v19, %v21
  %v23 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %c, i32 4, <16 x i1> %v22, <16 x float> splat (float 0x0000000000000000))
  %v24 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v10, i32 4, <16 x i1> %v22, <16 x float> splat (float 0x0000000000000000))
  %v27 = icmp slt i64 0, %depth
  br i1 %v27, label %loop25, label %done26
loop25:
  %v28 = phi i64 [ 0, %main ], [ %v50, %loop25 ]
  %v29 = phi i64 [ 0, %main ], [ %v48, %loop25 ]
  %v30 = phi ptr [ %b, %main ], [ %v49, %loop25 ]
  %v31 = phi <16 x float> [ %v23, %main ], [ %v40, %loop25 ]
  %v32 = phi <16 x float> [ %v24, %main ], [ %v47, %loop25 ]
  %v33 = load <16 x i32>, ptr %v30, align 4
  %v34 = getelementptr i8, ptr %a, i64 %v29
  %v35 = load i32, ptr %v34, align 4
  %v36 = insertelement <16 x i32> poison, i32 %v35, i32 0
  %v37 = shufflevector <16 x i32> %v36, <16 x i32> poison, <16 x i32> zeroinitializer
  %v38 = bitcast <16 x i32> %v37 to <32 x bfloat>
  %v39 = bitcast <16 x i32> %v33 to <32 x bfloat>
  %v40 = call <16 x float> @llvm.x86.avx512bf16.dpbf16ps.512(<16 x float> %v31, <32 x bfloat> %v38, <32 x bfloat> %v39)
  %v41 = getelementptr i8, ptr %v8, i64 %v29
  %v42 = load i32, ptr %v41, align 4
  %v43 = insertelement <16 x i32> poison, i32 %v42, i32 0
  %v44 = shufflevector <16 x i32> %v43, <16 x i32> poison, <16 x i32> zeroinitializer
  %v45 = bitcast <16 x i32> %v44 to <32 x bfloat>
  %v46 = bitcast <16 x i32> %v33 to <32 x bfloat>
  %v47 = call <16 x float> @llvm.x86.avx512bf16.dpbf16ps.512(<16 x float> %v32, <32 x bfloat> %v45, <32 x bfloat> %v46)
  %v48 = add i64 %v29, %a_step
  %v49 = getelementptr i8, ptr %v30, i64 %b_step
  %v50 = add i64 %v28, 1
  %v51 = icmp slt i64 %v50, %depth
  br i1 %v51, label %loop25, label %done26
done26:
  %v52 = phi i64 [ 0, %main ], [ %v48, %loop25 ]
  %v53 = phi ptr [ %b, %main ], [ %v49, %loop25 ]
  %v54 = phi <16 x float> [ %v23, %main ], [ %v40, %loop25 ]
  %v55 = phi <16 x float> [ %v24, %main ], [ %v47, %loop25 ]
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v54, ptr %c, i32 4, <16 x i1> %v19)
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v55, ptr %v10, i32 4, <16 x i1> %v19)
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
