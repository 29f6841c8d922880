declare i64 @llvm.smin.i64(i64, i64)
declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)

define internal void @copy_elements(ptr %source, i64 %source_row, ptr %target, i64 %target_row, i64 %rows, i64 %columns) nounwind {
entry:
  br label %main
main:
  %v3 = icmp slt i64 0, %rows
  br i1 %v3, label %loop1, label %done2
loop1:
  %v4 = phi i64 [ 0, %main ], [ %v18, %done10 ]
  %v5 = mul i64 %v4, %source_row
  %v6 = getelementptr i8, ptr %source, i64 %v5
  %v7 = mul i64 %v4, %target_row
  %v8 = getelementptr i8, ptr %target, i64 %v7
  %v11 = icmp slt i64 0, %columns
  br i1 %v11, label %loop9, label %done10
loop9:
  %v12 = phi i64 [ 0, %loop1 ], [ %v16, %loop9 ]
  %v13 = getelementptr float, ptr %v6, i64 %v12
  %v14 = load float, ptr %v13, align 4
  %v15 = getelementptr float, ptr %v8, i64 %v12
  store float %v14, ptr %v15, align 4
  %v16 = add i64 %v12, 1
  %v17 = icmp slt i64 %v16, %columns
  br i1 %v17, label %loop9, label %done10
done10:
  %v18 = add i64 %v4, 1
  %v19 = icmp slt i64 %v18, %rows
  br i1 %v19, label %loop1, label %done2
done2:
  ret void
}

define internal void @tile_2x1(ptr %a, i64 %a_row, i64 %a_step, ptr %b, i64 %b_step, i64 %depth, ptr %c, i64 %c_row, i64 %load, i64 %count, i64 %columns) nounwind {
entry:
  %buffer2 = alloca [64 x i8], align 64
  br label %main
main:
  %v1 = icmp ne i64 %load, 0
  %v3 = icmp eq i64 %columns, 8
  %v4 = select i1 %v3, ptr %c, ptr %buffer2
  %v5 = select i1 %v3, i64 %c_row, i64 32
  %v6 = icmp sgt i64 %count, 1
  %v7 = sub i64 %count, 1
  %v8 = call i64 @llvm.smin.i64(i64 %v7, i64 1)
  %v9 = mul i64 %v8, %a_row
  %v10 = getelementptr i8, ptr %a, i64 %v9
  %v11 = getelementptr i8, ptr %buffer2, i64 32
  %v12 = getelementptr i8, ptr %v4, i64 %v5
  %v13 = select i1 %v6, ptr %v12, ptr %v11
  br i1 %v1, label %then14, label %else15
then14:
  br i1 %v3, label %then17, label %else18
then17:
  br label %end19
else18:
  call void @copy_elements(ptr %c, i64 %c_row, ptr %v4, i64 %v5, i64 %count, i64 %columns)
  br label %end19
end19:
  %v20 = load <8 x float>, ptr %v4, align 4
  %v21 = load <8 x float>, ptr %v13, align 4
  br label %end16
else15:
  br label %end16
end16:
  %v22 = phi <8 x float> [ %v20, %end19 ], [ splat (float 0x0000000000000000), %else15 ]
  %v23 = phi <8 x float> [ %v21, %end19 ], [ splat (float 0x0000000000000000), %else15 ]
  %v26 = icmp slt i64 0, %depth
  br i1 %v26, label %loop24, label %done25
loop24:
  %v27 = phi i64 [ 0, %end16 ], [ %v45, %loop24 ]
  %v28 = phi i64 [ 0, %end16 ], [ %v43, %loop24 ]
  %v29 = phi ptr [ %b, %end16 ], [ %v44, %loop24 ]
  %v30 = phi <8 x float> [ %v22, %end16 ], [ %v37, %loop24 ]
  %v31 = phi <8 x float> [ %v23, %end16 ], [ %v42, %loop24 ]
  %v32 = load <8 x float>, ptr %v29, align 4
  %v33 = getelementptr i8, ptr %a, i64 %v28
  %v34 = load float, ptr %v33, align 4
  %v35 = insertelement <8 x float> poison, float %v34, i32 0
  %v36 = shufflevector <8 x float> %v35, <8 x float> poison, <8 x i32> zeroinitializer
  %v37 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v36, <8 x float> %v32, <8 x float> %v30)
  %v38 = getelementptr i8, ptr %v10, i64 %v28
  %v39 = load float, ptr %v38, align 4
  %v40 = insertelement <8 x float> poison, float %v39, i32 0
  %v41 = shufflevector <8 x float> %v40, <8 x float> poison, <8 x i32> zeroinitializer
  %v42 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v41, <8 x float> %v32, <8 x float> %v31)
  %v43 = add i64 %v28, %a_step
  %v44 = getelementptr i8, ptr %v29, i64 %b_step
  %v45 = add i64 %v27, 1
  %v46 = icmp slt i64 %v45, %depth
  br i1 %v46, label %loop24, label %done25
done25:
  %v47 = phi i64 [ 0, %end16 ], [ %v43, %loop24 ]
  %v48 = phi ptr [ %b, %end16 ], [ %v44, %loop24 ]
  %v49 = phi <8 x float> [ %v22, %end16 ], [ %v37, %loop24 ]
  %v50 = phi <8 x float> [ %v23, %end16 ], [ %v42, %loop24 ]
  store <8 x float> %v49, ptr %v4, align 4
  store <8 x float> %v50, ptr %v13, align 4
  br i1 %v3, label %then51, label %else52
then51:
  br label %end53
else52:
  call void @copy_elements(ptr %v4, i64 %v5, ptr %c, i64 %c_row, i64 %count, i64 %columns)
  br label %end53
end53:
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
