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
  br i1 %v1, label %then20, label %else21
then20:
  %v23 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %c, i32 4, <16 x i1> %v19, <16 x float> splat (float 0x0000000000000000))
  %v24 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v10, i32 4, <16 x i1> %v19, <16 x float> splat (float 0x0000000000000000))
  br label %end22
else21:
  br label %end22
end22:
  %v25 = phi <16 x float> [ %v23, %then20 ], [ splat (float 0x0000000000000000), %else21 ]
  %v26 = phi <16 x float> [ %v24, %then20 ], [ splat (float 0x0000000000000000), %else21 ]
  %v29 = icmp slt i64 0, %depth
  br i1 %v29, label %loop27, label %done28
loop27:
  %v30 = phi i64 [ 0, %end22 ], [ %v52, %loop27 ]
  %v31 = phi i64 [ 0, %end22 ], [ %v50, %loop27 ]
  %v32 = phi ptr [ %b, %end22 ], [ %v51, %loop27 ]
  %v33 = phi <16 x float> [ %v25, %end22 ], [ %v42, %loop27 ]
  %v34 = phi <16 x float> [ %v26, %end22 ], [ %v49, %loop27 ]
  %v35 = load <16 x i32>, ptr %v32, align 4
  %v36 = getelementptr i8, ptr %a, i64 %v31
  %v37 = load i32, ptr %v36, align 4
  %v38 = insertelement <16 x i32> poison, i32 %v37, i32 0
  %v39 = shufflevector <16 x i32> %v38, <16 x i32> poison, <16 x i32> zeroinitializer
  %v40 = bitcast <16 x i32> %v39 to <32 x bfloat>
  %v41 = bitcast <16 x i32> %v35 to <32 x bfloat>
  %v42 = call <16 x float> @llvm.x86.avx512bf16.dpbf16ps.512(<16 x float> %v33, <32 x bfloat> %v40, <32 x bfloat> %v41)
  %v43 = getelementptr i8, ptr %v8, i64 %v31
  %v44 = load i32, ptr %v43, align 4
  %v45 = insertelement <16 x i32> poison, i32 %v44, i32 0
  %v46 = shufflevector <16 x i32> %v45, <16 x i32> poison, <16 x i32> zeroinitializer
  %v47 = bitcast <16 x i32> %v46 to <32 x bfloat>
  %v48 = bitcast <16 x i32> %v35 to <32 x bfloat>
  %v49 = call <16 x float> @llvm.x86.avx512bf16.dpbf16ps.512(<16 x float> %v34, <32 x bfloat> %v47, <32 x bfloat> %v48)
  %v50 = add i64 %v31, %a_step
  %v51 = getelementptr i8, ptr %v32, i64 %b_step
  %v52 = add i64 %v30, 1
  %v53 = icmp slt i64 %v52, %depth
  br i1 %v53, label %loop27, label %done28
done28:
  %v54 = phi i64 [ 0, %end22 ], [ %v50, %loop27 ]
  %v55 = phi ptr [ %b, %end22 ], [ %v51, %loop27 ]
  %v56 = phi <16 x float> [ %v25, %end22 ], [ %v42, %loop27 ]
  %v57 = phi <16 x float> [ %v26, %end22 ], [ %v49, %loop27 ]
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v56, ptr %c, i32 4, <16 x i1> %v19)
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v57, ptr %v10, i32 4, <16 x i1> %v19)
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
