declare i64 @llvm.smin.i64(i64, i64)
declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer37 = alloca [512 x i8], align 64
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
  %v16 = getelementptr i8, ptr %v6, i64 16
  %v17 = load i64, ptr %v16, align 8
  %v18 = getelementptr i8, ptr %v6, i64 24
  %v19 = load i64, ptr %v18, align 8
  %v20 = getelementptr i8, ptr %v6, i64 32
  %v21 = load i64, ptr %v20, align 8
  %v22 = load ptr, ptr %v4, align 8
  %v23 = getelementptr i8, ptr %v4, i64 8
  %v24 = load ptr, ptr %v23, align 8
  %v25 = getelementptr i8, ptr %v4, i64 16
  %v26 = load ptr, ptr %v25, align 8
  %v27 = getelementptr i8, ptr %v4, i64 32
  %v28 = load ptr, ptr %v27, align 8
  %v29 = getelementptr i8, ptr %v4, i64 24
  %v30 = load ptr, ptr %v29, align 8
  %v31 = getelementptr i8, ptr %v6, i64 40
  %v32 = load i64, ptr %v31, align 8
  %v33 = getelementptr i8, ptr %v6, i64 48
  %v34 = load i64, ptr %v33, align 8
  %v35 = mul i64 %v32, 4
  %v36 = mul i64 %v34, 4
  %v38 = sub i64 %v13, 1
  switch i64 %v38, label %case42 [ i64 0, label %case39 i64 1, label %case40 i64 2, label %case41 ]
case39:
  %v44 = sub i64 %end, %begin
  %v45 = udiv i64 %v44, 2
  %v46 = mul i64 %v45, 2
  %v47 = add i64 %begin, %v46
  %v50 = icmp slt i64 %begin, %v47
  br i1 %v50, label %loop48, label %done49
loop48:
  %v51 = phi i64 [ %begin, %case39 ], [ %v61, %loop48 ]
  call void @thin_1x2x4_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v51, ptr %buffer37)
  %v52 = mul i64 %v51, 128
  %v53 = getelementptr i8, ptr %v28, i64 %v52
  %v54 = mul i64 %v17, 4
  %v55 = mul i64 %v51, 32
  %v56 = mul i64 %v55, %v36
  %v57 = getelementptr i8, ptr %v30, i64 %v56
  %v58 = mul i64 %v51, 32
  %v59 = sub i64 %v17, %v58
  %v60 = call i64 @llvm.smin.i64(i64 %v59, i64 64)
  call void @finish_rows(ptr %buffer37, i64 256, ptr %v53, i64 %v54, ptr %v57, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 1, i64 %v60)
  %v61 = add i64 %v51, 2
  %v62 = icmp slt i64 %v61, %v47
  br i1 %v62, label %loop48, label %done49
done49:
  %v65 = icmp slt i64 %v47, %end
  br i1 %v65, label %loop63, label %done64
loop63:
  %v66 = phi i64 [ %v47, %done49 ], [ %v76, %loop63 ]
  call void @thin_1x1x4_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v66, ptr %buffer37)
  %v67 = mul i64 %v66, 128
  %v68 = getelementptr i8, ptr %v28, i64 %v67
  %v69 = mul i64 %v17, 4
  %v70 = mul i64 %v66, 32
  %v71 = mul i64 %v70, %v36
  %v72 = getelementptr i8, ptr %v30, i64 %v71
  %v73 = mul i64 %v66, 32
  %v74 = sub i64 %v17, %v73
  %v75 = call i64 @llvm.smin.i64(i64 %v74, i64 32)
  call void @finish_rows(ptr %buffer37, i64 128, ptr %v68, i64 %v69, ptr %v72, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 1, i64 %v75)
  %v76 = add i64 %v66, 1
  %v77 = icmp slt i64 %v76, %end
  br i1 %v77, label %loop63, label %done64
done64:
  br label %end43
case40:
  %v80 = icmp slt i64 %begin, %end
  br i1 %v80, label %loop78, label %done79
loop78:
  %v81 = phi i64 [ %begin, %case40 ], [ %v91, %loop78 ]
  call void @thin_2x1x4_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v81, ptr %buffer37)
  %v82 = mul i64 %v81, 128
  %v83 = getelementptr i8, ptr %v28, i64 %v82
  %v84 = mul i64 %v17, 4
  %v85 = mul i64 %v81, 32
  %v86 = mul i64 %v85, %v36
  %v87 = getelementptr i8, ptr %v30, i64 %v86
  %v88 = mul i64 %v81, 32
  %v89 = sub i64 %v17, %v88
  %v90 = call i64 @llvm.smin.i64(i64 %v89, i64 32)
  call void @finish_rows(ptr %buffer37, i64 128, ptr %v83, i64 %v84, ptr %v87, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 2, i64 %v90)
  %v91 = add i64 %v81, 1
  %v92 = icmp slt i64 %v91, %end
  br i1 %v92, label %loop78, label %done79
done79:
  br label %end43
case41:
  %v95 = icmp slt i64 %begin, %end
  br i1 %v95, label %loop93, label %done94
loop93:
  %v96 = phi i64 [ %begin, %case41 ], [ %v106, %loop93 ]
  call void @thin_3x1x2_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v96, ptr %buffer37)
  call void @thin_3x1x2_2(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v96, ptr %buffer37)
  %v97 = mul i64 %v96, 128
  %v98 = getelementptr i8, ptr %v28, i64 %v97
  %v99 = mul i64 %v17, 4
  %v100 = mul i64 %v96, 32
  %v101 = mul i64 %v100, %v36
  %v102 = getelementptr i8, ptr %v30, i64 %v101
  %v103 = mul i64 %v96, 32
  %v104 = sub i64 %v17, %v103
  %v105 = call i64 @llvm.smin.i64(i64 %v104, i64 32)
  call void @finish_rows(ptr %buffer37, i64 128, ptr %v98, i64 %v99, ptr %v102, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 3, i64 %v105)
  %v106 = add i64 %v96, 1
  %v107 = icmp slt i64 %v106, %end
  br i1 %v107, label %loop93, label %done94
done94:
  br label %end43
case42:
  %v110 = icmp slt i64 %begin, %end
  br i1 %v110, label %loop108, label %done109
loop108:
  %v111 = phi i64 [ %begin, %case42 ], [ %v121, %loop108 ]
  call void @thin_4x1x2_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v111, ptr %buffer37)
  call void @thin_4x1x2_2(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v111, ptr %buffer37)
  %v112 = mul i64 %v111, 128
  %v113 = getelementptr i8, ptr %v28, i64 %v112
  %v114 = mul i64 %v17, 4
  %v115 = mul i64 %v111, 32
  %v116 = mul i64 %v115, %v36
  %v117 = getelementptr i8, ptr %v30, i64 %v116
  %v118 = mul i64 %v111, 32
  %v119 = sub i64 %v17, %v118
  %v120 = call i64 @llvm.smin.i64(i64 %v119, i64 32)
  call void @finish_rows(ptr %buffer37, i64 128, ptr %v113, i64 %v114, ptr %v117, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 4, i64 %v120)
  %v121 = add i64 %v111, 1
  %v122 = icmp slt i64 %v121, %end
  br i1 %v122, label %loop108, label %done109
done109:
  br label %end43
end43:
  ret i64 0
}

define internal void @finish_rows(ptr %sums, i64 %sums_row, ptr %out, i64 %c_row, ptr %extra0, i64 %extra0_row, i64 %extra0_column, i64 %finish, ptr %numbers, i64 %rows, i64 %columns) nounwind {
entry:
  br label %main
main:
  %v1 = icmp eq i64 %extra0_column, 4
  %v2 = icmp eq i64 %extra0_column, 0
  %v3 = or i1 %v1, %v2
  %v4 = and i1 true, %v3
  %v7 = icmp slt i64 0, %rows
  br i1 %v7, label %loop5, label %done6
loop5:
  %v8 = phi i64 [ 0, %main ], [ %v168, %end18 ]
  %v9 = mul i64 %v8, %sums_row
  %v10 = getelementptr i8, ptr %sums, i64 %v9
  %v11 = mul i64 %v8, %c_row
  %v12 = getelementptr i8, ptr %out, i64 %v11
  %v13 = mul i64 %v8, %extra0_row
  %v14 = getelementptr i8, ptr %extra0, i64 %v13
  %v15 = icmp ne i64 %finish, 0
  br i1 %v15, label %then16, label %else17
then16:
  %v19 = select i1 %v4, i64 %columns, i64 0
  %v20 = sub i64 %v19, 8
  %v21 = icmp sgt i64 %v19, 8
  %v22 = urem i64 %v19, 8
  %v23 = icmp ne i64 %v22, 0
  %v24 = and i1 %v21, %v23
  br i1 %v24, label %then25, label %else26
then25:
  %v28 = mul i64 %v20, 4
  %v29 = getelementptr i8, ptr %v10, i64 %v28
  %v30 = load <8 x float>, ptr %v29, align 4
  br label %end27
else26:
  br label %end27
end27:
  %v31 = phi <8 x float> [ %v30, %then25 ], [ splat (float 0x0000000000000000), %else26 ]
  %v32 = udiv i64 %v19, 16
  %v33 = mul i64 %v32, 16
  %v36 = icmp slt i64 0, %v33
  br i1 %v36, label %loop34, label %done35
loop34:
  %v37 = phi i64 [ 0, %end27 ], [ %v54, %end45 ]
  %v38 = mul i64 %v37, 4
  %v39 = getelementptr i8, ptr %v10, i64 %v38
  %v40 = load <16 x float>, ptr %v39, align 4
  %v41 = mul i64 %v37, %extra0_column
  %v42 = getelementptr i8, ptr %v14, i64 %v41
  br i1 %v1, label %then43, label %else44
then43:
  %v46 = load <16 x float>, ptr %v42, align 4
  br label %end45
else44:
  %v47 = load float, ptr %v42, align 4
  %v48 = insertelement <16 x float> poison, float %v47, i32 0
  %v49 = shufflevector <16 x float> %v48, <16 x float> poison, <16 x i32> zeroinitializer
  br label %end45
end45:
  %v50 = phi <16 x float> [ %v46, %then43 ], [ %v49, %else44 ]
  %v51 = fadd <16 x float> %v40, %v50
  %v52 = mul i64 %v37, 4
  %v53 = getelementptr i8, ptr %v12, i64 %v52
  store <16 x float> %v51, ptr %v53, align 4
  %v54 = add i64 %v37, 16
  %v55 = icmp slt i64 %v54, %v33
  br i1 %v55, label %loop34, label %done35
done35:
  %v56 = urem i64 %v19, 8
  %v57 = icmp eq i64 %v56, 0
  %v58 = or i1 %v24, %v57
  %v59 = select i1 %v58, i64 %v19, i64 0
  %v62 = icmp slt i64 %v33, %v59
  br i1 %v62, label %loop60, label %done61
loop60:
  %v63 = phi i64 [ %v33, %done35 ], [ %v86, %end77 ]
  %v64 = icmp sgt i64 %v63, %v20
  br i1 %v64, label %then65, label %else66
then65:
  br label %end67
else66:
  %v68 = mul i64 %v63, 4
  %v69 = getelementptr i8, ptr %v10, i64 %v68
  %v70 = load <8 x float>, ptr %v69, align 4
  br label %end67
end67:
  %v71 = phi <8 x float> [ %v31, %then65 ], [ %v70, %else66 ]
  %v72 = call i64 @llvm.smin.i64(i64 %v63, i64 %v20)
  %v73 = mul i64 %v72, %extra0_column
  %v74 = getelementptr i8, ptr %v14, i64 %v73
  br i1 %v1, label %then75, label %else76
then75:
  %v78 = load <8 x float>, ptr %v74, align 4
  br label %end77
else76:
  %v79 = load float, ptr %v74, align 4
  %v80 = insertelement <8 x float> poison, float %v79, i32 0
  %v81 = shufflevector <8 x float> %v80, <8 x float> poison, <8 x i32> zeroinitializer
  br label %end77
end77:
  %v82 = phi <8 x float> [ %v78, %then75 ], [ %v81, %else76 ]
  %v83 = fadd <8 x float> %v71, %v82
  %v84 = mul i64 %v72, 4
  %v85 = getelementptr i8, ptr %v12, i64 %v84
  store <8 x float> %v83, ptr %v85, align 4
  %v86 = add i64 %v63, 8
  %v87 = icmp slt i64 %v86, %v59
  br i1 %v87, label %loop60, label %done61
done61:
  %v90 = icmp slt i64 %v59, %columns
  br i1 %v90, label %loop88, label %done89
loop88:
  %v91 = phi i64 [ %v59, %done61 ], [ %v106, %loop88 ]
  %v92 = mul i64 %v91, 4
  %v93 = getelementptr i8, ptr %v10, i64 %v92
  %v94 = load float, ptr %v93, align 4
  %v95 = insertelement <4 x float> poison, float %v94, i32 0
  %v96 = shufflevector <4 x float> %v95, <4 x float> poison, <4 x i32> zeroinitializer
  %v97 = mul i64 %v91, %extra0_column
  %v98 = getelementptr i8, ptr %v14, i64 %v97
  %v99 = load float, ptr %v98, align 4
  %v100 = insertelement <4 x float> poison, float %v99, i32 0
  %v101 = shufflevector <4 x float> %v100, <4 x float> poison, <4 x i32> zeroinitializer
  %v102 = fadd <4 x float> %v96, %v101
  %v103 = extractelement <4 x float> %v102, i32 0
  %v104 = mul i64 %v91, 4
  %v105 = getelementptr i8, ptr %v12, i64 %v104
  store float %v103, ptr %v105, align 4
  %v106 = add i64 %v91, 1
  %v107 = icmp slt i64 %v106, %columns
  br i1 %v107, label %loop88, label %done89
done89:
  br label %end18
else17:
  %v108 = sub i64 %columns, 8
  %v109 = icmp sgt i64 %columns, 8
  %v110 = urem i64 %columns, 8
  %v111 = icmp ne i64 %v110, 0
  %v112 = and i1 %v109, %v111
  br i1 %v112, label %then113, label %else114
then113:
  %v116 = mul i64 %v108, 4
  %v117 = getelementptr i8, ptr %v10, i64 %v116
  %v118 = load <8 x float>, ptr %v117, align 4
  br label %end115
else114:
  br label %end115
end115:
  %v119 = phi <8 x float> [ %v118, %then113 ], [ splat (float 0x0000000000000000), %else114 ]
  %v120 = udiv i64 %columns, 16
  %v121 = mul i64 %v120, 16
  %v124 = icmp slt i64 0, %v121
  br i1 %v124, label %loop122, label %done123
loop122:
  %v125 = phi i64 [ 0, %end115 ], [ %v131, %loop122 ]
  %v126 = mul i64 %v125, 4
  %v127 = getelementptr i8, ptr %v10, i64 %v126
  %v128 = load <16 x float>, ptr %v127, align 4
  %v129 = mul i64 %v125, 4
  %v130 = getelementptr i8, ptr %v12, i64 %v129
  store <16 x float> %v128, ptr %v130, align 4
  %v131 = add i64 %v125, 16
  %v132 = icmp slt i64 %v131, %v121
  br i1 %v132, label %loop122, label %done123
done123:
  %v133 = urem i64 %columns, 8
  %v134 = icmp eq i64 %v133, 0
  %v135 = or i1 %v112, %v134
  %v136 = select i1 %v135, i64 %columns, i64 0
  %v139 = icmp slt i64 %v121, %v136
  br i1 %v139, label %loop137, label %done138
loop137:
  %v140 = phi i64 [ %v121, %done123 ], [ %v152, %end144 ]
  %v141 = icmp sgt i64 %v140, %v108
  br i1 %v141, label %then142, label %else143
then142:
  br label %end144
else143:
  %v145 = mul i64 %v140, 4
  %v146 = getelementptr i8, ptr %v10, i64 %v145
  %v147 = load <8 x float>, ptr %v146, align 4
  br label %end144
end144:
  %v148 = phi <8 x float> [ %v119, %then142 ], [ %v147, %else143 ]
  %v149 = call i64 @llvm.smin.i64(i64 %v140, i64 %v108)
  %v150 = mul i64 %v149, 4
  %v151 = getelementptr i8, ptr %v12, i64 %v150
  store <8 x float> %v148, ptr %v151, align 4
  %v152 = add i64 %v140, 8
  %v153 = icmp slt i64 %v152, %v136
  br i1 %v153, label %loop137, label %done138
done138:
  %v156 = icmp slt i64 %v136, %columns
  br i1 %v156, label %loop154, label %done155
loop154:
  %v157 = phi i64 [ %v136, %done138 ], [ %v166, %loop154 ]
  %v158 = mul i64 %v157, 4
  %v159 = getelementptr i8, ptr %v10, i64 %v158
  %v160 = load float, ptr %v159, align 4
  %v161 = insertelement <4 x float> poison, float %v160, i32 0
  %v162 = shufflevector <4 x float> %v161, <4 x float> poison, <4 x i32> zeroinitializer
  %v163 = extractelement <4 x float> %v162, i32 0
  %v164 = mul i64 %v157, 4
  %v165 = getelementptr i8, ptr %v12, i64 %v164
  store float %v163, ptr %v165, align 4
  %v166 = add i64 %v157, 1
  %v167 = icmp slt i64 %v166, %columns
  br i1 %v167, label %loop154, label %done155
done155:
  br label %end18
end18:
  %v168 = add i64 %v8, 1
  %v169 = icmp slt i64 %v168, %rows
  br i1 %v169, label %loop5, label %done6
done6:
  ret void
}

define internal void @thin_1x2x4_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = add i64 %panel, 1
  %v5 = mul i64 %panel, %K
  %v6 = mul i64 %v5, 16
  %v7 = getelementptr i8, ptr %codes, i64 %v6
  %v8 = mul i64 %v4, %K
  %v9 = mul i64 %v8, 16
  %v10 = getelementptr i8, ptr %codes, i64 %v9
  br label %while11
while11:
  %v14 = phi i64 [ 0, %main ], [ %v27, %done97 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v169, %done97 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v170, %done97 ]
  %v17 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v171, %done97 ]
  %v18 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v172, %done97 ]
  %v19 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v173, %done97 ]
  %v20 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v174, %done97 ]
  %v21 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v175, %done97 ]
  %v22 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v176, %done97 ]
  %v23 = icmp slt i64 %v14, %K
  br i1 %v23, label %loop12, label %done13
loop12:
  %v24 = udiv i64 %v14, %group
  %v25 = add i64 %v24, 1
  %v26 = mul i64 %v25, %group
  %v27 = call i64 @llvm.smin.i64(i64 %K, i64 %v26)
  %v28 = mul i64 %panel, %v3
  %v29 = add i64 %v28, %v24
  %v30 = mul i64 %v29, 64
  %v31 = getelementptr i8, ptr %scales, i64 %v30
  %v32 = load <8 x i16>, ptr %v31, align 2
  %v33 = bitcast <8 x i16> %v32 to <8 x half>
  %v34 = fpext <8 x half> %v33 to <8 x float>
  %v35 = mul i64 %panel, %v3
  %v36 = add i64 %v35, %v24
  %v37 = mul i64 %v36, 64
  %v38 = mul i64 8, 2
  %v39 = add i64 %v37, %v38
  %v40 = getelementptr i8, ptr %scales, i64 %v39
  %v41 = load <8 x i16>, ptr %v40, align 2
  %v42 = bitcast <8 x i16> %v41 to <8 x half>
  %v43 = fpext <8 x half> %v42 to <8 x float>
  %v44 = mul i64 %panel, %v3
  %v45 = add i64 %v44, %v24
  %v46 = mul i64 %v45, 64
  %v47 = mul i64 16, 2
  %v48 = add i64 %v46, %v47
  %v49 = getelementptr i8, ptr %scales, i64 %v48
  %v50 = load <8 x i16>, ptr %v49, align 2
  %v51 = bitcast <8 x i16> %v50 to <8 x half>
  %v52 = fpext <8 x half> %v51 to <8 x float>
  %v53 = mul i64 %panel, %v3
  %v54 = add i64 %v53, %v24
  %v55 = mul i64 %v54, 64
  %v56 = mul i64 24, 2
  %v57 = add i64 %v55, %v56
  %v58 = getelementptr i8, ptr %scales, i64 %v57
  %v59 = load <8 x i16>, ptr %v58, align 2
  %v60 = bitcast <8 x i16> %v59 to <8 x half>
  %v61 = fpext <8 x half> %v60 to <8 x float>
  %v62 = mul i64 %v4, %v3
  %v63 = add i64 %v62, %v24
  %v64 = mul i64 %v63, 64
  %v65 = getelementptr i8, ptr %scales, i64 %v64
  %v66 = load <8 x i16>, ptr %v65, align 2
  %v67 = bitcast <8 x i16> %v66 to <8 x half>
  %v68 = fpext <8 x half> %v67 to <8 x float>
  %v69 = mul i64 %v4, %v3
  %v70 = add i64 %v69, %v24
  %v71 = mul i64 %v70, 64
  %v72 = mul i64 8, 2
  %v73 = add i64 %v71, %v72
  %v74 = getelementptr i8, ptr %scales, i64 %v73
  %v75 = load <8 x i16>, ptr %v74, align 2
  %v76 = bitcast <8 x i16> %v75 to <8 x half>
  %v77 = fpext <8 x half> %v76 to <8 x float>
  %v78 = mul i64 %v4, %v3
  %v79 = add i64 %v78, %v24
  %v80 = mul i64 %v79, 64
  %v81 = mul i64 16, 2
  %v82 = add i64 %v80, %v81
  %v83 = getelementptr i8, ptr %scales, i64 %v82
  %v84 = load <8 x i16>, ptr %v83, align 2
  %v85 = bitcast <8 x i16> %v84 to <8 x half>
  %v86 = fpext <8 x half> %v85 to <8 x float>
  %v87 = mul i64 %v4, %v3
  %v88 = add i64 %v87, %v24
  %v89 = mul i64 %v88, 64
  %v90 = mul i64 24, 2
  %v91 = add i64 %v89, %v90
  %v92 = getelementptr i8, ptr %scales, i64 %v91
  %v93 = load <8 x i16>, ptr %v92, align 2
  %v94 = bitcast <8 x i16> %v93 to <8 x half>
  %v95 = fpext <8 x half> %v94 to <8 x float>
  %v98 = icmp slt i64 %v14, %v27
  br i1 %v98, label %loop96, label %done97
loop96:
  %v99 = phi i64 [ %v14, %loop12 ], [ %v167, %loop96 ]
  %v100 = phi <8 x float> [ %v15, %loop12 ], [ %v159, %loop96 ]
  %v101 = phi <8 x float> [ %v16, %loop12 ], [ %v160, %loop96 ]
  %v102 = phi <8 x float> [ %v17, %loop12 ], [ %v161, %loop96 ]
  %v103 = phi <8 x float> [ %v18, %loop12 ], [ %v162, %loop96 ]
  %v104 = phi <8 x float> [ %v19, %loop12 ], [ %v163, %loop96 ]
  %v105 = phi <8 x float> [ %v20, %loop12 ], [ %v164, %loop96 ]
  %v106 = phi <8 x float> [ %v21, %loop12 ], [ %v165, %loop96 ]
  %v107 = phi <8 x float> [ %v22, %loop12 ], [ %v166, %loop96 ]
  %v108 = mul i64 %v99, 4
  %v109 = getelementptr i8, ptr %left, i64 %v108
  %v110 = load float, ptr %v109, align 4
  %v111 = insertelement <8 x float> poison, float %v110, i32 0
  %v112 = shufflevector <8 x float> %v111, <8 x float> poison, <8 x i32> zeroinitializer
  %v113 = mul i64 %v99, 16
  %v114 = getelementptr i8, ptr %v7, i64 %v113
  %v115 = load <8 x i8>, ptr %v114, align 1
  %v116 = zext <8 x i8> %v115 to <8 x i32>
  %v117 = and <8 x i32> %v116, splat (i32 15)
  %v118 = sub <8 x i32> %v117, splat (i32 8)
  %v119 = sitofp <8 x i32> %v118 to <8 x float>
  %v120 = fmul <8 x float> %v119, %v34
  %v121 = getelementptr i8, ptr %v114, i64 8
  %v122 = load <8 x i8>, ptr %v121, align 1
  %v123 = zext <8 x i8> %v122 to <8 x i32>
  %v124 = and <8 x i32> %v123, splat (i32 15)
  %v125 = sub <8 x i32> %v124, splat (i32 8)
  %v126 = sitofp <8 x i32> %v125 to <8 x float>
  %v127 = fmul <8 x float> %v126, %v43
  %v128 = lshr <8 x i32> %v116, splat (i32 4)
  %v129 = sub <8 x i32> %v128, splat (i32 8)
  %v130 = sitofp <8 x i32> %v129 to <8 x float>
  %v131 = fmul <8 x float> %v130, %v52
  %v132 = lshr <8 x i32> %v123, splat (i32 4)
  %v133 = sub <8 x i32> %v132, splat (i32 8)
  %v134 = sitofp <8 x i32> %v133 to <8 x float>
  %v135 = fmul <8 x float> %v134, %v61
  %v136 = mul i64 %v99, 16
  %v137 = getelementptr i8, ptr %v10, i64 %v136
  %v138 = load <8 x i8>, ptr %v137, align 1
  %v139 = zext <8 x i8> %v138 to <8 x i32>
  %v140 = and <8 x i32> %v139, splat (i32 15)
  %v141 = sub <8 x i32> %v140, splat (i32 8)
  %v142 = sitofp <8 x i32> %v141 to <8 x float>
  %v143 = fmul <8 x float> %v142, %v68
  %v144 = getelementptr i8, ptr %v137, i64 8
  %v145 = load <8 x i8>, ptr %v144, align 1
  %v146 = zext <8 x i8> %v145 to <8 x i32>
  %v147 = and <8 x i32> %v146, splat (i32 15)
  %v148 = sub <8 x i32> %v147, splat (i32 8)
  %v149 = sitofp <8 x i32> %v148 to <8 x float>
  %v150 = fmul <8 x float> %v149, %v77
  %v151 = lshr <8 x i32> %v139, splat (i32 4)
  %v152 = sub <8 x i32> %v151, splat (i32 8)
  %v153 = sitofp <8 x i32> %v152 to <8 x float>
  %v154 = fmul <8 x float> %v153, %v86
  %v155 = lshr <8 x i32> %v146, splat (i32 4)
  %v156 = sub <8 x i32> %v155, splat (i32 8)
  %v157 = sitofp <8 x i32> %v156 to <8 x float>
  %v158 = fmul <8 x float> %v157, %v95
  %v159 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v120, <8 x float> %v100)
  %v160 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v127, <8 x float> %v101)
  %v161 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v131, <8 x float> %v102)
  %v162 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v135, <8 x float> %v103)
  %v163 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v143, <8 x float> %v104)
  %v164 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v150, <8 x float> %v105)
  %v165 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v154, <8 x float> %v106)
  %v166 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v112, <8 x float> %v158, <8 x float> %v107)
  %v167 = add i64 %v99, 1
  %v168 = icmp slt i64 %v167, %v27
  br i1 %v168, label %loop96, label %done97
done97:
  %v169 = phi <8 x float> [ %v15, %loop12 ], [ %v159, %loop96 ]
  %v170 = phi <8 x float> [ %v16, %loop12 ], [ %v160, %loop96 ]
  %v171 = phi <8 x float> [ %v17, %loop12 ], [ %v161, %loop96 ]
  %v172 = phi <8 x float> [ %v18, %loop12 ], [ %v162, %loop96 ]
  %v173 = phi <8 x float> [ %v19, %loop12 ], [ %v163, %loop96 ]
  %v174 = phi <8 x float> [ %v20, %loop12 ], [ %v164, %loop96 ]
  %v175 = phi <8 x float> [ %v21, %loop12 ], [ %v165, %loop96 ]
  %v176 = phi <8 x float> [ %v22, %loop12 ], [ %v166, %loop96 ]
  br label %while11
done13:
  store <8 x float> %v15, ptr %sums, align 4
  %v177 = getelementptr i8, ptr %sums, i64 32
  store <8 x float> %v16, ptr %v177, align 4
  %v178 = getelementptr i8, ptr %sums, i64 64
  store <8 x float> %v17, ptr %v178, align 4
  %v179 = getelementptr i8, ptr %sums, i64 96
  store <8 x float> %v18, ptr %v179, align 4
  %v180 = getelementptr i8, ptr %sums, i64 128
  store <8 x float> %v19, ptr %v180, align 4
  %v181 = getelementptr i8, ptr %sums, i64 160
  store <8 x float> %v20, ptr %v181, align 4
  %v182 = getelementptr i8, ptr %sums, i64 192
  store <8 x float> %v21, ptr %v182, align 4
  %v183 = getelementptr i8, ptr %sums, i64 224
  store <8 x float> %v22, ptr %v183, align 4
  ret void
}

define internal void @thin_1x1x4_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v19, %done55 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v96, %done55 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v97, %done55 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v98, %done55 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v99, %done55 ]
  %v15 = icmp slt i64 %v10, %K
  br i1 %v15, label %loop8, label %done9
loop8:
  %v16 = udiv i64 %v10, %group
  %v17 = add i64 %v16, 1
  %v18 = mul i64 %v17, %group
  %v19 = call i64 @llvm.smin.i64(i64 %K, i64 %v18)
  %v20 = mul i64 %panel, %v3
  %v21 = add i64 %v20, %v16
  %v22 = mul i64 %v21, 64
  %v23 = getelementptr i8, ptr %scales, i64 %v22
  %v24 = load <8 x i16>, ptr %v23, align 2
  %v25 = bitcast <8 x i16> %v24 to <8 x half>
  %v26 = fpext <8 x half> %v25 to <8 x float>
  %v27 = mul i64 %panel, %v3
  %v28 = add i64 %v27, %v16
  %v29 = mul i64 %v28, 64
  %v30 = mul i64 8, 2
  %v31 = add i64 %v29, %v30
  %v32 = getelementptr i8, ptr %scales, i64 %v31
  %v33 = load <8 x i16>, ptr %v32, align 2
  %v34 = bitcast <8 x i16> %v33 to <8 x half>
  %v35 = fpext <8 x half> %v34 to <8 x float>
  %v36 = mul i64 %panel, %v3
  %v37 = add i64 %v36, %v16
  %v38 = mul i64 %v37, 64
  %v39 = mul i64 16, 2
  %v40 = add i64 %v38, %v39
  %v41 = getelementptr i8, ptr %scales, i64 %v40
  %v42 = load <8 x i16>, ptr %v41, align 2
  %v43 = bitcast <8 x i16> %v42 to <8 x half>
  %v44 = fpext <8 x half> %v43 to <8 x float>
  %v45 = mul i64 %panel, %v3
  %v46 = add i64 %v45, %v16
  %v47 = mul i64 %v46, 64
  %v48 = mul i64 24, 2
  %v49 = add i64 %v47, %v48
  %v50 = getelementptr i8, ptr %scales, i64 %v49
  %v51 = load <8 x i16>, ptr %v50, align 2
  %v52 = bitcast <8 x i16> %v51 to <8 x half>
  %v53 = fpext <8 x half> %v52 to <8 x float>
  %v56 = icmp slt i64 %v10, %v19
  br i1 %v56, label %loop54, label %done55
loop54:
  %v57 = phi i64 [ %v10, %loop8 ], [ %v94, %loop54 ]
  %v58 = phi <8 x float> [ %v11, %loop8 ], [ %v90, %loop54 ]
  %v59 = phi <8 x float> [ %v12, %loop8 ], [ %v91, %loop54 ]
  %v60 = phi <8 x float> [ %v13, %loop8 ], [ %v92, %loop54 ]
  %v61 = phi <8 x float> [ %v14, %loop8 ], [ %v93, %loop54 ]
  %v62 = mul i64 %v57, 4
  %v63 = getelementptr i8, ptr %left, i64 %v62
  %v64 = load float, ptr %v63, align 4
  %v65 = insertelement <8 x float> poison, float %v64, i32 0
  %v66 = shufflevector <8 x float> %v65, <8 x float> poison, <8 x i32> zeroinitializer
  %v67 = mul i64 %v57, 16
  %v68 = getelementptr i8, ptr %v6, i64 %v67
  %v69 = load <8 x i8>, ptr %v68, align 1
  %v70 = zext <8 x i8> %v69 to <8 x i32>
  %v71 = and <8 x i32> %v70, splat (i32 15)
  %v72 = sub <8 x i32> %v71, splat (i32 8)
  %v73 = sitofp <8 x i32> %v72 to <8 x float>
  %v74 = fmul <8 x float> %v73, %v26
  %v75 = getelementptr i8, ptr %v68, i64 8
  %v76 = load <8 x i8>, ptr %v75, align 1
  %v77 = zext <8 x i8> %v76 to <8 x i32>
  %v78 = and <8 x i32> %v77, splat (i32 15)
  %v79 = sub <8 x i32> %v78, splat (i32 8)
  %v80 = sitofp <8 x i32> %v79 to <8 x float>
  %v81 = fmul <8 x float> %v80, %v35
  %v82 = lshr <8 x i32> %v70, splat (i32 4)
  %v83 = sub <8 x i32> %v82, splat (i32 8)
  %v84 = sitofp <8 x i32> %v83 to <8 x float>
  %v85 = fmul <8 x float> %v84, %v44
  %v86 = lshr <8 x i32> %v77, splat (i32 4)
  %v87 = sub <8 x i32> %v86, splat (i32 8)
  %v88 = sitofp <8 x i32> %v87 to <8 x float>
  %v89 = fmul <8 x float> %v88, %v53
  %v90 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v66, <8 x float> %v74, <8 x float> %v58)
  %v91 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v66, <8 x float> %v81, <8 x float> %v59)
  %v92 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v66, <8 x float> %v85, <8 x float> %v60)
  %v93 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v66, <8 x float> %v89, <8 x float> %v61)
  %v94 = add i64 %v57, 1
  %v95 = icmp slt i64 %v94, %v19
  br i1 %v95, label %loop54, label %done55
done55:
  %v96 = phi <8 x float> [ %v11, %loop8 ], [ %v90, %loop54 ]
  %v97 = phi <8 x float> [ %v12, %loop8 ], [ %v91, %loop54 ]
  %v98 = phi <8 x float> [ %v13, %loop8 ], [ %v92, %loop54 ]
  %v99 = phi <8 x float> [ %v14, %loop8 ], [ %v93, %loop54 ]
  br label %while7
done9:
  store <8 x float> %v11, ptr %sums, align 4
  %v100 = getelementptr i8, ptr %sums, i64 32
  store <8 x float> %v12, ptr %v100, align 4
  %v101 = getelementptr i8, ptr %sums, i64 64
  store <8 x float> %v13, ptr %v101, align 4
  %v102 = getelementptr i8, ptr %sums, i64 96
  store <8 x float> %v14, ptr %v102, align 4
  ret void
}

define internal void @thin_2x1x4_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v23, %done59 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v114, %done59 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v115, %done59 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v116, %done59 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v117, %done59 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v118, %done59 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v119, %done59 ]
  %v17 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v120, %done59 ]
  %v18 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v121, %done59 ]
  %v19 = icmp slt i64 %v10, %K
  br i1 %v19, label %loop8, label %done9
loop8:
  %v20 = udiv i64 %v10, %group
  %v21 = add i64 %v20, 1
  %v22 = mul i64 %v21, %group
  %v23 = call i64 @llvm.smin.i64(i64 %K, i64 %v22)
  %v24 = mul i64 %panel, %v3
  %v25 = add i64 %v24, %v20
  %v26 = mul i64 %v25, 64
  %v27 = getelementptr i8, ptr %scales, i64 %v26
  %v28 = load <8 x i16>, ptr %v27, align 2
  %v29 = bitcast <8 x i16> %v28 to <8 x half>
  %v30 = fpext <8 x half> %v29 to <8 x float>
  %v31 = mul i64 %panel, %v3
  %v32 = add i64 %v31, %v20
  %v33 = mul i64 %v32, 64
  %v34 = mul i64 8, 2
  %v35 = add i64 %v33, %v34
  %v36 = getelementptr i8, ptr %scales, i64 %v35
  %v37 = load <8 x i16>, ptr %v36, align 2
  %v38 = bitcast <8 x i16> %v37 to <8 x half>
  %v39 = fpext <8 x half> %v38 to <8 x float>
  %v40 = mul i64 %panel, %v3
  %v41 = add i64 %v40, %v20
  %v42 = mul i64 %v41, 64
  %v43 = mul i64 16, 2
  %v44 = add i64 %v42, %v43
  %v45 = getelementptr i8, ptr %scales, i64 %v44
  %v46 = load <8 x i16>, ptr %v45, align 2
  %v47 = bitcast <8 x i16> %v46 to <8 x half>
  %v48 = fpext <8 x half> %v47 to <8 x float>
  %v49 = mul i64 %panel, %v3
  %v50 = add i64 %v49, %v20
  %v51 = mul i64 %v50, 64
  %v52 = mul i64 24, 2
  %v53 = add i64 %v51, %v52
  %v54 = getelementptr i8, ptr %scales, i64 %v53
  %v55 = load <8 x i16>, ptr %v54, align 2
  %v56 = bitcast <8 x i16> %v55 to <8 x half>
  %v57 = fpext <8 x half> %v56 to <8 x float>
  %v60 = icmp slt i64 %v10, %v23
  br i1 %v60, label %loop58, label %done59
loop58:
  %v61 = phi i64 [ %v10, %loop8 ], [ %v112, %loop58 ]
  %v62 = phi <8 x float> [ %v11, %loop8 ], [ %v104, %loop58 ]
  %v63 = phi <8 x float> [ %v12, %loop8 ], [ %v105, %loop58 ]
  %v64 = phi <8 x float> [ %v13, %loop8 ], [ %v106, %loop58 ]
  %v65 = phi <8 x float> [ %v14, %loop8 ], [ %v107, %loop58 ]
  %v66 = phi <8 x float> [ %v15, %loop8 ], [ %v108, %loop58 ]
  %v67 = phi <8 x float> [ %v16, %loop8 ], [ %v109, %loop58 ]
  %v68 = phi <8 x float> [ %v17, %loop8 ], [ %v110, %loop58 ]
  %v69 = phi <8 x float> [ %v18, %loop8 ], [ %v111, %loop58 ]
  %v70 = mul i64 %v61, 4
  %v71 = getelementptr i8, ptr %left, i64 %v70
  %v72 = load float, ptr %v71, align 4
  %v73 = insertelement <8 x float> poison, float %v72, i32 0
  %v74 = shufflevector <8 x float> %v73, <8 x float> poison, <8 x i32> zeroinitializer
  %v75 = add i64 %K, %v61
  %v76 = mul i64 %v75, 4
  %v77 = getelementptr i8, ptr %left, i64 %v76
  %v78 = load float, ptr %v77, align 4
  %v79 = insertelement <8 x float> poison, float %v78, i32 0
  %v80 = shufflevector <8 x float> %v79, <8 x float> poison, <8 x i32> zeroinitializer
  %v81 = mul i64 %v61, 16
  %v82 = getelementptr i8, ptr %v6, i64 %v81
  %v83 = load <8 x i8>, ptr %v82, align 1
  %v84 = zext <8 x i8> %v83 to <8 x i32>
  %v85 = and <8 x i32> %v84, splat (i32 15)
  %v86 = sub <8 x i32> %v85, splat (i32 8)
  %v87 = sitofp <8 x i32> %v86 to <8 x float>
  %v88 = fmul <8 x float> %v87, %v30
  %v89 = getelementptr i8, ptr %v82, i64 8
  %v90 = load <8 x i8>, ptr %v89, align 1
  %v91 = zext <8 x i8> %v90 to <8 x i32>
  %v92 = and <8 x i32> %v91, splat (i32 15)
  %v93 = sub <8 x i32> %v92, splat (i32 8)
  %v94 = sitofp <8 x i32> %v93 to <8 x float>
  %v95 = fmul <8 x float> %v94, %v39
  %v96 = lshr <8 x i32> %v84, splat (i32 4)
  %v97 = sub <8 x i32> %v96, splat (i32 8)
  %v98 = sitofp <8 x i32> %v97 to <8 x float>
  %v99 = fmul <8 x float> %v98, %v48
  %v100 = lshr <8 x i32> %v91, splat (i32 4)
  %v101 = sub <8 x i32> %v100, splat (i32 8)
  %v102 = sitofp <8 x i32> %v101 to <8 x float>
  %v103 = fmul <8 x float> %v102, %v57
  %v104 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v74, <8 x float> %v88, <8 x float> %v62)
  %v105 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v74, <8 x float> %v95, <8 x float> %v63)
  %v106 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v74, <8 x float> %v99, <8 x float> %v64)
  %v107 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v74, <8 x float> %v103, <8 x float> %v65)
  %v108 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v80, <8 x float> %v88, <8 x float> %v66)
  %v109 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v80, <8 x float> %v95, <8 x float> %v67)
  %v110 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v80, <8 x float> %v99, <8 x float> %v68)
  %v111 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v80, <8 x float> %v103, <8 x float> %v69)
  %v112 = add i64 %v61, 1
  %v113 = icmp slt i64 %v112, %v23
  br i1 %v113, label %loop58, label %done59
done59:
  %v114 = phi <8 x float> [ %v11, %loop8 ], [ %v104, %loop58 ]
  %v115 = phi <8 x float> [ %v12, %loop8 ], [ %v105, %loop58 ]
  %v116 = phi <8 x float> [ %v13, %loop8 ], [ %v106, %loop58 ]
  %v117 = phi <8 x float> [ %v14, %loop8 ], [ %v107, %loop58 ]
  %v118 = phi <8 x float> [ %v15, %loop8 ], [ %v108, %loop58 ]
  %v119 = phi <8 x float> [ %v16, %loop8 ], [ %v109, %loop58 ]
  %v120 = phi <8 x float> [ %v17, %loop8 ], [ %v110, %loop58 ]
  %v121 = phi <8 x float> [ %v18, %loop8 ], [ %v111, %loop58 ]
  br label %while7
done9:
  store <8 x float> %v11, ptr %sums, align 4
  %v122 = getelementptr i8, ptr %sums, i64 32
  store <8 x float> %v12, ptr %v122, align 4
  %v123 = getelementptr i8, ptr %sums, i64 64
  store <8 x float> %v13, ptr %v123, align 4
  %v124 = getelementptr i8, ptr %sums, i64 96
  store <8 x float> %v14, ptr %v124, align 4
  %v125 = getelementptr i8, ptr %sums, i64 128
  store <8 x float> %v15, ptr %v125, align 4
  %v126 = getelementptr i8, ptr %sums, i64 160
  store <8 x float> %v16, ptr %v126, align 4
  %v127 = getelementptr i8, ptr %sums, i64 192
  store <8 x float> %v17, ptr %v127, align 4
  %v128 = getelementptr i8, ptr %sums, i64 224
  store <8 x float> %v18, ptr %v128, align 4
  ret void
}

define internal void @thin_3x1x2_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v21, %done39 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v89, %done39 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v90, %done39 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v91, %done39 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v92, %done39 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v93, %done39 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v94, %done39 ]
  %v17 = icmp slt i64 %v10, %K
  br i1 %v17, label %loop8, label %done9
loop8:
  %v18 = udiv i64 %v10, %group
  %v19 = add i64 %v18, 1
  %v20 = mul i64 %v19, %group
  %v21 = call i64 @llvm.smin.i64(i64 %K, i64 %v20)
  %v22 = mul i64 %panel, %v3
  %v23 = add i64 %v22, %v18
  %v24 = mul i64 %v23, 64
  %v25 = getelementptr i8, ptr %scales, i64 %v24
  %v26 = load <8 x i16>, ptr %v25, align 2
  %v27 = bitcast <8 x i16> %v26 to <8 x half>
  %v28 = fpext <8 x half> %v27 to <8 x float>
  %v29 = mul i64 %panel, %v3
  %v30 = add i64 %v29, %v18
  %v31 = mul i64 %v30, 64
  %v32 = mul i64 8, 2
  %v33 = add i64 %v31, %v32
  %v34 = getelementptr i8, ptr %scales, i64 %v33
  %v35 = load <8 x i16>, ptr %v34, align 2
  %v36 = bitcast <8 x i16> %v35 to <8 x half>
  %v37 = fpext <8 x half> %v36 to <8 x float>
  %v40 = icmp slt i64 %v10, %v21
  br i1 %v40, label %loop38, label %done39
loop38:
  %v41 = phi i64 [ %v10, %loop8 ], [ %v87, %loop38 ]
  %v42 = phi <8 x float> [ %v11, %loop8 ], [ %v81, %loop38 ]
  %v43 = phi <8 x float> [ %v12, %loop8 ], [ %v82, %loop38 ]
  %v44 = phi <8 x float> [ %v13, %loop8 ], [ %v83, %loop38 ]
  %v45 = phi <8 x float> [ %v14, %loop8 ], [ %v84, %loop38 ]
  %v46 = phi <8 x float> [ %v15, %loop8 ], [ %v85, %loop38 ]
  %v47 = phi <8 x float> [ %v16, %loop8 ], [ %v86, %loop38 ]
  %v48 = mul i64 %v41, 4
  %v49 = getelementptr i8, ptr %left, i64 %v48
  %v50 = load float, ptr %v49, align 4
  %v51 = insertelement <8 x float> poison, float %v50, i32 0
  %v52 = shufflevector <8 x float> %v51, <8 x float> poison, <8 x i32> zeroinitializer
  %v53 = add i64 %K, %v41
  %v54 = mul i64 %v53, 4
  %v55 = getelementptr i8, ptr %left, i64 %v54
  %v56 = load float, ptr %v55, align 4
  %v57 = insertelement <8 x float> poison, float %v56, i32 0
  %v58 = shufflevector <8 x float> %v57, <8 x float> poison, <8 x i32> zeroinitializer
  %v59 = mul i64 %K, 2
  %v60 = add i64 %v59, %v41
  %v61 = mul i64 %v60, 4
  %v62 = getelementptr i8, ptr %left, i64 %v61
  %v63 = load float, ptr %v62, align 4
  %v64 = insertelement <8 x float> poison, float %v63, i32 0
  %v65 = shufflevector <8 x float> %v64, <8 x float> poison, <8 x i32> zeroinitializer
  %v66 = mul i64 %v41, 16
  %v67 = getelementptr i8, ptr %v6, i64 %v66
  %v68 = load <8 x i8>, ptr %v67, align 1
  %v69 = zext <8 x i8> %v68 to <8 x i32>
  %v70 = and <8 x i32> %v69, splat (i32 15)
  %v71 = sub <8 x i32> %v70, splat (i32 8)
  %v72 = sitofp <8 x i32> %v71 to <8 x float>
  %v73 = fmul <8 x float> %v72, %v28
  %v74 = getelementptr i8, ptr %v67, i64 8
  %v75 = load <8 x i8>, ptr %v74, align 1
  %v76 = zext <8 x i8> %v75 to <8 x i32>
  %v77 = and <8 x i32> %v76, splat (i32 15)
  %v78 = sub <8 x i32> %v77, splat (i32 8)
  %v79 = sitofp <8 x i32> %v78 to <8 x float>
  %v80 = fmul <8 x float> %v79, %v37
  %v81 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v52, <8 x float> %v73, <8 x float> %v42)
  %v82 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v52, <8 x float> %v80, <8 x float> %v43)
  %v83 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v58, <8 x float> %v73, <8 x float> %v44)
  %v84 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v58, <8 x float> %v80, <8 x float> %v45)
  %v85 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v65, <8 x float> %v73, <8 x float> %v46)
  %v86 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v65, <8 x float> %v80, <8 x float> %v47)
  %v87 = add i64 %v41, 1
  %v88 = icmp slt i64 %v87, %v21
  br i1 %v88, label %loop38, label %done39
done39:
  %v89 = phi <8 x float> [ %v11, %loop8 ], [ %v81, %loop38 ]
  %v90 = phi <8 x float> [ %v12, %loop8 ], [ %v82, %loop38 ]
  %v91 = phi <8 x float> [ %v13, %loop8 ], [ %v83, %loop38 ]
  %v92 = phi <8 x float> [ %v14, %loop8 ], [ %v84, %loop38 ]
  %v93 = phi <8 x float> [ %v15, %loop8 ], [ %v85, %loop38 ]
  %v94 = phi <8 x float> [ %v16, %loop8 ], [ %v86, %loop38 ]
  br label %while7
done9:
  store <8 x float> %v11, ptr %sums, align 4
  %v95 = getelementptr i8, ptr %sums, i64 32
  store <8 x float> %v12, ptr %v95, align 4
  %v96 = getelementptr i8, ptr %sums, i64 128
  store <8 x float> %v13, ptr %v96, align 4
  %v97 = getelementptr i8, ptr %sums, i64 160
  store <8 x float> %v14, ptr %v97, align 4
  %v98 = getelementptr i8, ptr %sums, i64 256
  store <8 x float> %v15, ptr %v98, align 4
  %v99 = getelementptr i8, ptr %sums, i64 288
  store <8 x float> %v16, ptr %v99, align 4
  ret void
}

define internal void @thin_3x1x2_2(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v21, %done41 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v91, %done41 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v92, %done41 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v93, %done41 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v94, %done41 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v95, %done41 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v96, %done41 ]
  %v17 = icmp slt i64 %v10, %K
  br i1 %v17, label %loop8, label %done9
loop8:
  %v18 = udiv i64 %v10, %group
  %v19 = add i64 %v18, 1
  %v20 = mul i64 %v19, %group
  %v21 = call i64 @llvm.smin.i64(i64 %K, i64 %v20)
  %v22 = mul i64 %panel, %v3
  %v23 = add i64 %v22, %v18
  %v24 = mul i64 %v23, 64
  %v25 = mul i64 16, 2
  %v26 = add i64 %v24, %v25
  %v27 = getelementptr i8, ptr %scales, i64 %v26
  %v28 = load <8 x i16>, ptr %v27, align 2
  %v29 = bitcast <8 x i16> %v28 to <8 x half>
  %v30 = fpext <8 x half> %v29 to <8 x float>
  %v31 = mul i64 %panel, %v3
  %v32 = add i64 %v31, %v18
  %v33 = mul i64 %v32, 64
  %v34 = mul i64 24, 2
  %v35 = add i64 %v33, %v34
  %v36 = getelementptr i8, ptr %scales, i64 %v35
  %v37 = load <8 x i16>, ptr %v36, align 2
  %v38 = bitcast <8 x i16> %v37 to <8 x half>
  %v39 = fpext <8 x half> %v38 to <8 x float>
  %v42 = icmp slt i64 %v10, %v21
  br i1 %v42, label %loop40, label %done41
loop40:
  %v43 = phi i64 [ %v10, %loop8 ], [ %v89, %loop40 ]
  %v44 = phi <8 x float> [ %v11, %loop8 ], [ %v83, %loop40 ]
  %v45 = phi <8 x float> [ %v12, %loop8 ], [ %v84, %loop40 ]
  %v46 = phi <8 x float> [ %v13, %loop8 ], [ %v85, %loop40 ]
  %v47 = phi <8 x float> [ %v14, %loop8 ], [ %v86, %loop40 ]
  %v48 = phi <8 x float> [ %v15, %loop8 ], [ %v87, %loop40 ]
  %v49 = phi <8 x float> [ %v16, %loop8 ], [ %v88, %loop40 ]
  %v50 = mul i64 %v43, 4
  %v51 = getelementptr i8, ptr %left, i64 %v50
  %v52 = load float, ptr %v51, align 4
  %v53 = insertelement <8 x float> poison, float %v52, i32 0
  %v54 = shufflevector <8 x float> %v53, <8 x float> poison, <8 x i32> zeroinitializer
  %v55 = add i64 %K, %v43
  %v56 = mul i64 %v55, 4
  %v57 = getelementptr i8, ptr %left, i64 %v56
  %v58 = load float, ptr %v57, align 4
  %v59 = insertelement <8 x float> poison, float %v58, i32 0
  %v60 = shufflevector <8 x float> %v59, <8 x float> poison, <8 x i32> zeroinitializer
  %v61 = mul i64 %K, 2
  %v62 = add i64 %v61, %v43
  %v63 = mul i64 %v62, 4
  %v64 = getelementptr i8, ptr %left, i64 %v63
  %v65 = load float, ptr %v64, align 4
  %v66 = insertelement <8 x float> poison, float %v65, i32 0
  %v67 = shufflevector <8 x float> %v66, <8 x float> poison, <8 x i32> zeroinitializer
  %v68 = mul i64 %v43, 16
  %v69 = getelementptr i8, ptr %v6, i64 %v68
  %v70 = load <8 x i8>, ptr %v69, align 1
  %v71 = zext <8 x i8> %v70 to <8 x i32>
  %v72 = lshr <8 x i32> %v71, splat (i32 4)
  %v73 = sub <8 x i32> %v72, splat (i32 8)
  %v74 = sitofp <8 x i32> %v73 to <8 x float>
  %v75 = fmul <8 x float> %v74, %v30
  %v76 = getelementptr i8, ptr %v69, i64 8
  %v77 = load <8 x i8>, ptr %v76, align 1
  %v78 = zext <8 x i8> %v77 to <8 x i32>
  %v79 = lshr <8 x i32> %v78, splat (i32 4)
  %v80 = sub <8 x i32> %v79, splat (i32 8)
  %v81 = sitofp <8 x i32> %v80 to <8 x float>
  %v82 = fmul <8 x float> %v81, %v39
  %v83 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v54, <8 x float> %v75, <8 x float> %v44)
  %v84 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v54, <8 x float> %v82, <8 x float> %v45)
  %v85 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v60, <8 x float> %v75, <8 x float> %v46)
  %v86 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v60, <8 x float> %v82, <8 x float> %v47)
  %v87 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v67, <8 x float> %v75, <8 x float> %v48)
  %v88 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v67, <8 x float> %v82, <8 x float> %v49)
  %v89 = add i64 %v43, 1
  %v90 = icmp slt i64 %v89, %v21
  br i1 %v90, label %loop40, label %done41
done41:
  %v91 = phi <8 x float> [ %v11, %loop8 ], [ %v83, %loop40 ]
  %v92 = phi <8 x float> [ %v12, %loop8 ], [ %v84, %loop40 ]
  %v93 = phi <8 x float> [ %v13, %loop8 ], [ %v85, %loop40 ]
  %v94 = phi <8 x float> [ %v14, %loop8 ], [ %v86, %loop40 ]
  %v95 = phi <8 x float> [ %v15, %loop8 ], [ %v87, %loop40 ]
  %v96 = phi <8 x float> [ %v16, %loop8 ], [ %v88, %loop40 ]
  br label %while7
done9:
  %v97 = getelementptr i8, ptr %sums, i64 64
  store <8 x float> %v11, ptr %v97, align 4
  %v98 = getelementptr i8, ptr %sums, i64 96
  store <8 x float> %v12, ptr %v98, align 4
  %v99 = getelementptr i8, ptr %sums, i64 192
  store <8 x float> %v13, ptr %v99, align 4
  %v100 = getelementptr i8, ptr %sums, i64 224
  store <8 x float> %v14, ptr %v100, align 4
  %v101 = getelementptr i8, ptr %sums, i64 320
  store <8 x float> %v15, ptr %v101, align 4
  %v102 = getelementptr i8, ptr %sums, i64 352
  store <8 x float> %v16, ptr %v102, align 4
  ret void
}

define internal void @thin_4x1x2_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v23, %done41 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v102, %done41 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v103, %done41 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v104, %done41 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v105, %done41 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v106, %done41 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v107, %done41 ]
  %v17 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v108, %done41 ]
  %v18 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v109, %done41 ]
  %v19 = icmp slt i64 %v10, %K
  br i1 %v19, label %loop8, label %done9
loop8:
  %v20 = udiv i64 %v10, %group
  %v21 = add i64 %v20, 1
  %v22 = mul i64 %v21, %group
  %v23 = call i64 @llvm.smin.i64(i64 %K, i64 %v22)
  %v24 = mul i64 %panel, %v3
  %v25 = add i64 %v24, %v20
  %v26 = mul i64 %v25, 64
  %v27 = getelementptr i8, ptr %scales, i64 %v26
  %v28 = load <8 x i16>, ptr %v27, align 2
  %v29 = bitcast <8 x i16> %v28 to <8 x half>
  %v30 = fpext <8 x half> %v29 to <8 x float>
  %v31 = mul i64 %panel, %v3
  %v32 = add i64 %v31, %v20
  %v33 = mul i64 %v32, 64
  %v34 = mul i64 8, 2
  %v35 = add i64 %v33, %v34
  %v36 = getelementptr i8, ptr %scales, i64 %v35
  %v37 = load <8 x i16>, ptr %v36, align 2
  %v38 = bitcast <8 x i16> %v37 to <8 x half>
  %v39 = fpext <8 x half> %v38 to <8 x float>
  %v42 = icmp slt i64 %v10, %v23
  br i1 %v42, label %loop40, label %done41
loop40:
  %v43 = phi i64 [ %v10, %loop8 ], [ %v100, %loop40 ]
  %v44 = phi <8 x float> [ %v11, %loop8 ], [ %v92, %loop40 ]
  %v45 = phi <8 x float> [ %v12, %loop8 ], [ %v93, %loop40 ]
  %v46 = phi <8 x float> [ %v13, %loop8 ], [ %v94, %loop40 ]
  %v47 = phi <8 x float> [ %v14, %loop8 ], [ %v95, %loop40 ]
  %v48 = phi <8 x float> [ %v15, %loop8 ], [ %v96, %loop40 ]
  %v49 = phi <8 x float> [ %v16, %loop8 ], [ %v97, %loop40 ]
  %v50 = phi <8 x float> [ %v17, %loop8 ], [ %v98, %loop40 ]
  %v51 = phi <8 x float> [ %v18, %loop8 ], [ %v99, %loop40 ]
  %v52 = mul i64 %v43, 4
  %v53 = getelementptr i8, ptr %left, i64 %v52
  %v54 = load float, ptr %v53, align 4
  %v55 = insertelement <8 x float> poison, float %v54, i32 0
  %v56 = shufflevector <8 x float> %v55, <8 x float> poison, <8 x i32> zeroinitializer
  %v57 = add i64 %K, %v43
  %v58 = mul i64 %v57, 4
  %v59 = getelementptr i8, ptr %left, i64 %v58
  %v60 = load float, ptr %v59, align 4
  %v61 = insertelement <8 x float> poison, float %v60, i32 0
  %v62 = shufflevector <8 x float> %v61, <8 x float> poison, <8 x i32> zeroinitializer
  %v63 = mul i64 %K, 2
  %v64 = add i64 %v63, %v43
  %v65 = mul i64 %v64, 4
  %v66 = getelementptr i8, ptr %left, i64 %v65
  %v67 = load float, ptr %v66, align 4
  %v68 = insertelement <8 x float> poison, float %v67, i32 0
  %v69 = shufflevector <8 x float> %v68, <8 x float> poison, <8 x i32> zeroinitializer
  %v70 = mul i64 %K, 3
  %v71 = add i64 %v70, %v43
  %v72 = mul i64 %v71, 4
  %v73 = getelementptr i8, ptr %left, i64 %v72
  %v74 = load float, ptr %v73, align 4
  %v75 = insertelement <8 x float> poison, float %v74, i32 0
  %v76 = shufflevector <8 x float> %v75, <8 x float> poison, <8 x i32> zeroinitializer
  %v77 = mul i64 %v43, 16
  %v78 = getelementptr i8, ptr %v6, i64 %v77
  %v79 = load <8 x i8>, ptr %v78, align 1
  %v80 = zext <8 x i8> %v79 to <8 x i32>
  %v81 = and <8 x i32> %v80, splat (i32 15)
  %v82 = sub <8 x i32> %v81, splat (i32 8)
  %v83 = sitofp <8 x i32> %v82 to <8 x float>
  %v84 = fmul <8 x float> %v83, %v30
  %v85 = getelementptr i8, ptr %v78, i64 8
  %v86 = load <8 x i8>, ptr %v85, align 1
  %v87 = zext <8 x i8> %v86 to <8 x i32>
  %v88 = and <8 x i32> %v87, splat (i32 15)
  %v89 = sub <8 x i32> %v88, splat (i32 8)
  %v90 = sitofp <8 x i32> %v89 to <8 x float>
  %v91 = fmul <8 x float> %v90, %v39
  %v92 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v56, <8 x float> %v84, <8 x float> %v44)
  %v93 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v56, <8 x float> %v91, <8 x float> %v45)
  %v94 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v62, <8 x float> %v84, <8 x float> %v46)
  %v95 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v62, <8 x float> %v91, <8 x float> %v47)
  %v96 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v69, <8 x float> %v84, <8 x float> %v48)
  %v97 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v69, <8 x float> %v91, <8 x float> %v49)
  %v98 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v76, <8 x float> %v84, <8 x float> %v50)
  %v99 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v76, <8 x float> %v91, <8 x float> %v51)
  %v100 = add i64 %v43, 1
  %v101 = icmp slt i64 %v100, %v23
  br i1 %v101, label %loop40, label %done41
done41:
  %v102 = phi <8 x float> [ %v11, %loop8 ], [ %v92, %loop40 ]
  %v103 = phi <8 x float> [ %v12, %loop8 ], [ %v93, %loop40 ]
  %v104 = phi <8 x float> [ %v13, %loop8 ], [ %v94, %loop40 ]
  %v105 = phi <8 x float> [ %v14, %loop8 ], [ %v95, %loop40 ]
  %v106 = phi <8 x float> [ %v15, %loop8 ], [ %v96, %loop40 ]
  %v107 = phi <8 x float> [ %v16, %loop8 ], [ %v97, %loop40 ]
  %v108 = phi <8 x float> [ %v17, %loop8 ], [ %v98, %loop40 ]
  %v109 = phi <8 x float> [ %v18, %loop8 ], [ %v99, %loop40 ]
  br label %while7
done9:
  store <8 x float> %v11, ptr %sums, align 4
  %v110 = getelementptr i8, ptr %sums, i64 32
  store <8 x float> %v12, ptr %v110, align 4
  %v111 = getelementptr i8, ptr %sums, i64 128
  store <8 x float> %v13, ptr %v111, align 4
  %v112 = getelementptr i8, ptr %sums, i64 160
  store <8 x float> %v14, ptr %v112, align 4
  %v113 = getelementptr i8, ptr %sums, i64 256
  store <8 x float> %v15, ptr %v113, align 4
  %v114 = getelementptr i8, ptr %sums, i64 288
  store <8 x float> %v16, ptr %v114, align 4
  %v115 = getelementptr i8, ptr %sums, i64 384
  store <8 x float> %v17, ptr %v115, align 4
  %v116 = getelementptr i8, ptr %sums, i64 416
  store <8 x float> %v18, ptr %v116, align 4
  ret void
}

define internal void @thin_4x1x2_2(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = mul i64 %panel, %K
  %v5 = mul i64 %v4, 16
  %v6 = getelementptr i8, ptr %codes, i64 %v5
  br label %while7
while7:
  %v10 = phi i64 [ 0, %main ], [ %v23, %done43 ]
  %v11 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v104, %done43 ]
  %v12 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v105, %done43 ]
  %v13 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v106, %done43 ]
  %v14 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v107, %done43 ]
  %v15 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v108, %done43 ]
  %v16 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v109, %done43 ]
  %v17 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v110, %done43 ]
  %v18 = phi <8 x float> [ splat (float 0x0000000000000000), %main ], [ %v111, %done43 ]
  %v19 = icmp slt i64 %v10, %K
  br i1 %v19, label %loop8, label %done9
loop8:
  %v20 = udiv i64 %v10, %group
  %v21 = add i64 %v20, 1
  %v22 = mul i64 %v21, %group
  %v23 = call i64 @llvm.smin.i64(i64 %K, i64 %v22)
  %v24 = mul i64 %panel, %v3
  %v25 = add i64 %v24, %v20
  %v26 = mul i64 %v25, 64
  %v27 = mul i64 16, 2
  %v28 = add i64 %v26, %v27
  %v29 = getelementptr i8, ptr %scales, i64 %v28
  %v30 = load <8 x i16>, ptr %v29, align 2
  %v31 = bitcast <8 x i16> %v30 to <8 x half>
  %v32 = fpext <8 x half> %v31 to <8 x float>
  %v33 = mul i64 %panel, %v3
  %v34 = add i64 %v33, %v20
  %v35 = mul i64 %v34, 64
  %v36 = mul i64 24, 2
  %v37 = add i64 %v35, %v36
  %v38 = getelementptr i8, ptr %scales, i64 %v37
  %v39 = load <8 x i16>, ptr %v38, align 2
  %v40 = bitcast <8 x i16> %v39 to <8 x half>
  %v41 = fpext <8 x half> %v40 to <8 x float>
  %v44 = icmp slt i64 %v10, %v23
  br i1 %v44, label %loop42, label %done43
loop42:
  %v45 = phi i64 [ %v10, %loop8 ], [ %v102, %loop42 ]
  %v46 = phi <8 x float> [ %v11, %loop8 ], [ %v94, %loop42 ]
  %v47 = phi <8 x float> [ %v12, %loop8 ], [ %v95, %loop42 ]
  %v48 = phi <8 x float> [ %v13, %loop8 ], [ %v96, %loop42 ]
  %v49 = phi <8 x float> [ %v14, %loop8 ], [ %v97, %loop42 ]
  %v50 = phi <8 x float> [ %v15, %loop8 ], [ %v98, %loop42 ]
  %v51 = phi <8 x float> [ %v16, %loop8 ], [ %v99, %loop42 ]
  %v52 = phi <8 x float> [ %v17, %loop8 ], [ %v100, %loop42 ]
  %v53 = phi <8 x float> [ %v18, %loop8 ], [ %v101, %loop42 ]
  %v54 = mul i64 %v45, 4
  %v55 = getelementptr i8, ptr %left, i64 %v54
  %v56 = load float, ptr %v55, align 4
  %v57 = insertelement <8 x float> poison, float %v56, i32 0
  %v58 = shufflevector <8 x float> %v57, <8 x float> poison, <8 x i32> zeroinitializer
  %v59 = add i64 %K, %v45
  %v60 = mul i64 %v59, 4
  %v61 = getelementptr i8, ptr %left, i64 %v60
  %v62 = load float, ptr %v61, align 4
  %v63 = insertelement <8 x float> poison, float %v62, i32 0
  %v64 = shufflevector <8 x float> %v63, <8 x float> poison, <8 x i32> zeroinitializer
  %v65 = mul i64 %K, 2
  %v66 = add i64 %v65, %v45
  %v67 = mul i64 %v66, 4
  %v68 = getelementptr i8, ptr %left, i64 %v67
  %v69 = load float, ptr %v68, align 4
  %v70 = insertelement <8 x float> poison, float %v69, i32 0
  %v71 = shufflevector <8 x float> %v70, <8 x float> poison, <8 x i32> zeroinitializer
  %v72 = mul i64 %K, 3
  %v73 = add i64 %v72, %v45
  %v74 = mul i64 %v73, 4
  %v75 = getelementptr i8, ptr %left, i64 %v74
  %v76 = load float, ptr %v75, align 4
  %v77 = insertelement <8 x float> poison, float %v76, i32 0
  %v78 = shufflevector <8 x float> %v77, <8 x float> poison, <8 x i32> zeroinitializer
  %v79 = mul i64 %v45, 16
  %v80 = getelementptr i8, ptr %v6, i64 %v79
  %v81 = load <8 x i8>, ptr %v80, align 1
  %v82 = zext <8 x i8> %v81 to <8 x i32>
  %v83 = lshr <8 x i32> %v82, splat (i32 4)
  %v84 = sub <8 x i32> %v83, splat (i32 8)
  %v85 = sitofp <8 x i32> %v84 to <8 x float>
  %v86 = fmul <8 x float> %v85, %v32
  %v87 = getelementptr i8, ptr %v80, i64 8
  %v88 = load <8 x i8>, ptr %v87, align 1
  %v89 = zext <8 x i8> %v88 to <8 x i32>
  %v90 = lshr <8 x i32> %v89, splat (i32 4)
  %v91 = sub <8 x i32> %v90, splat (i32 8)
  %v92 = sitofp <8 x i32> %v91 to <8 x float>
  %v93 = fmul <8 x float> %v92, %v41
  %v94 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v58, <8 x float> %v86, <8 x float> %v46)
  %v95 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v58, <8 x float> %v93, <8 x float> %v47)
  %v96 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v64, <8 x float> %v86, <8 x float> %v48)
  %v97 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v64, <8 x float> %v93, <8 x float> %v49)
  %v98 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v71, <8 x float> %v86, <8 x float> %v50)
  %v99 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v71, <8 x float> %v93, <8 x float> %v51)
  %v100 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v78, <8 x float> %v86, <8 x float> %v52)
  %v101 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v78, <8 x float> %v93, <8 x float> %v53)
  %v102 = add i64 %v45, 1
  %v103 = icmp slt i64 %v102, %v23
  br i1 %v103, label %loop42, label %done43
done43:
  %v104 = phi <8 x float> [ %v11, %loop8 ], [ %v94, %loop42 ]
  %v105 = phi <8 x float> [ %v12, %loop8 ], [ %v95, %loop42 ]
  %v106 = phi <8 x float> [ %v13, %loop8 ], [ %v96, %loop42 ]
  %v107 = phi <8 x float> [ %v14, %loop8 ], [ %v97, %loop42 ]
  %v108 = phi <8 x float> [ %v15, %loop8 ], [ %v98, %loop42 ]
  %v109 = phi <8 x float> [ %v16, %loop8 ], [ %v99, %loop42 ]
  %v110 = phi <8 x float> [ %v17, %loop8 ], [ %v100, %loop42 ]
  %v111 = phi <8 x float> [ %v18, %loop8 ], [ %v101, %loop42 ]
  br label %while7
done9:
  %v112 = getelementptr i8, ptr %sums, i64 64
  store <8 x float> %v11, ptr %v112, align 4
  %v113 = getelementptr i8, ptr %sums, i64 96
  store <8 x float> %v12, ptr %v113, align 4
  %v114 = getelementptr i8, ptr %sums, i64 192
  store <8 x float> %v13, ptr %v114, align 4
  %v115 = getelementptr i8, ptr %sums, i64 224
  store <8 x float> %v14, ptr %v115, align 4
  %v116 = getelementptr i8, ptr %sums, i64 320
  store <8 x float> %v15, ptr %v116, align 4
  %v117 = getelementptr i8, ptr %sums, i64 352
  store <8 x float> %v16, ptr %v117, align 4
  %v118 = getelementptr i8, ptr %sums, i64 448
  store <8 x float> %v17, ptr %v118, align 4
  %v119 = getelementptr i8, ptr %sums, i64 480
  store <8 x float> %v18, ptr %v119, align 4
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
