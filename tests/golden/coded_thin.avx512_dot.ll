declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)

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
  %v45 = udiv i64 %v44, 4
  %v46 = mul i64 %v45, 4
  %v47 = add i64 %begin, %v46
  %v50 = icmp slt i64 %begin, %v47
  br i1 %v50, label %loop48, label %done49
loop48:
  %v51 = phi i64 [ %begin, %case39 ], [ %v61, %loop48 ]
  call void @thin_1x4x2_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v51, ptr %buffer37)
  %v52 = mul i64 %v51, 128
  %v53 = getelementptr i8, ptr %v28, i64 %v52
  %v54 = mul i64 %v17, 4
  %v55 = mul i64 %v51, 32
  %v56 = mul i64 %v55, %v36
  %v57 = getelementptr i8, ptr %v30, i64 %v56
  %v58 = mul i64 %v51, 32
  %v59 = sub i64 %v17, %v58
  %v60 = call i64 @llvm.smin.i64(i64 %v59, i64 128)
  call void @finish_rows(ptr %buffer37, i64 512, ptr %v53, i64 %v54, ptr %v57, i64 %v35, i64 %v36, i64 %v21, ptr %v8, i64 1, i64 %v60)
  %v61 = add i64 %v51, 4
  %v62 = icmp slt i64 %v61, %v47
  br i1 %v62, label %loop48, label %done49
done49:
  %v65 = icmp slt i64 %v47, %end
  br i1 %v65, label %loop63, label %done64
loop63:
  %v66 = phi i64 [ %v47, %done49 ], [ %v76, %loop63 ]
  call void @thin_1x1x2_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v66, ptr %buffer37)
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
  call void @thin_2x1x2_0(ptr %v22, ptr %v24, ptr %v26, ptr %v26, i64 %v19, i64 %v15, i64 %v81, ptr %buffer37)
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
  %v20 = sub i64 %v19, 16
  %v21 = icmp sgt i64 %v19, 16
  %v22 = urem i64 %v19, 16
  %v23 = icmp ne i64 %v22, 0
  %v24 = and i1 %v21, %v23
  br i1 %v24, label %then25, label %else26
then25:
  %v28 = mul i64 %v20, 4
  %v29 = getelementptr i8, ptr %v10, i64 %v28
  %v30 = load <16 x float>, ptr %v29, align 4
  br label %end27
else26:
  br label %end27
end27:
  %v31 = phi <16 x float> [ %v30, %then25 ], [ splat (float 0x0000000000000000), %else26 ]
  %v32 = udiv i64 %v19, 32
  %v33 = mul i64 %v32, 32
  %v36 = icmp slt i64 0, %v33
  br i1 %v36, label %loop34, label %done35
loop34:
  %v37 = phi i64 [ 0, %end27 ], [ %v54, %end45 ]
  %v38 = mul i64 %v37, 4
  %v39 = getelementptr i8, ptr %v10, i64 %v38
  %v40 = load <32 x float>, ptr %v39, align 4
  %v41 = mul i64 %v37, %extra0_column
  %v42 = getelementptr i8, ptr %v14, i64 %v41
  br i1 %v1, label %then43, label %else44
then43:
  %v46 = load <32 x float>, ptr %v42, align 4
  br label %end45
else44:
  %v47 = load float, ptr %v42, align 4
  %v48 = insertelement <32 x float> poison, float %v47, i32 0
  %v49 = shufflevector <32 x float> %v48, <32 x float> poison, <32 x i32> zeroinitializer
  br label %end45
end45:
  %v50 = phi <32 x float> [ %v46, %then43 ], [ %v49, %else44 ]
  %v51 = fadd <32 x float> %v40, %v50
  %v52 = mul i64 %v37, 4
  %v53 = getelementptr i8, ptr %v12, i64 %v52
  store <32 x float> %v51, ptr %v53, align 4
  %v54 = add i64 %v37, 32
  %v55 = icmp slt i64 %v54, %v33
  br i1 %v55, label %loop34, label %done35
done35:
  %v56 = urem i64 %v19, 16
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
  %v70 = load <16 x float>, ptr %v69, align 4
  br label %end67
end67:
  %v71 = phi <16 x float> [ %v31, %then65 ], [ %v70, %else66 ]
  %v72 = call i64 @llvm.smin.i64(i64 %v63, i64 %v20)
  %v73 = mul i64 %v72, %extra0_column
  %v74 = getelementptr i8, ptr %v14, i64 %v73
  br i1 %v1, label %then75, label %else76
then75:
  %v78 = load <16 x float>, ptr %v74, align 4
  br label %end77
else76:
  %v79 = load float, ptr %v74, align 4
  %v80 = insertelement <16 x float> poison, float %v79, i32 0
  %v81 = shufflevector <16 x float> %v80, <16 x float> poison, <16 x i32> zeroinitializer
  br label %end77
end77:
  %v82 = phi <16 x float> [ %v78, %then75 ], [ %v81, %else76 ]
  %v83 = fadd <16 x float> %v71, %v82
  %v84 = mul i64 %v72, 4
  %v85 = getelementptr i8, ptr %v12, i64 %v84
  store <16 x float> %v83, ptr %v85, align 4
  %v86 = add i64 %v63, 16
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
  %v108 = sub i64 %columns, 16
  %v109 = icmp sgt i64 %columns, 16
  %v110 = urem i64 %columns, 16
  %v111 = icmp ne i64 %v110, 0
  %v112 = and i1 %v109, %v111
  br i1 %v112, label %then113, label %else114
then113:
  %v116 = mul i64 %v108, 4
  %v117 = getelementptr i8, ptr %v10, i64 %v116
  %v118 = load <16 x float>, ptr %v117, align 4
  br label %end115
else114:
  br label %end115
end115:
  %v119 = phi <16 x float> [ %v118, %then113 ], [ splat (float 0x0000000000000000), %else114 ]
  %v120 = udiv i64 %columns, 32
  %v121 = mul i64 %v120, 32
  %v124 = icmp slt i64 0, %v121
  br i1 %v124, label %loop122, label %done123
loop122:
  %v125 = phi i64 [ 0, %end115 ], [ %v131, %loop122 ]
  %v126 = mul i64 %v125, 4
  %v127 = getelementptr i8, ptr %v10, i64 %v126
  %v128 = load <32 x float>, ptr %v127, align 4
  %v129 = mul i64 %v125, 4
  %v130 = getelementptr i8, ptr %v12, i64 %v129
  store <32 x float> %v128, ptr %v130, align 4
  %v131 = add i64 %v125, 32
  %v132 = icmp slt i64 %v131, %v121
  br i1 %v132, label %loop122, label %done123
done123:
  %v133 = urem i64 %columns, 16
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
  %v147 = load <16 x float>, ptr %v146, align 4
  br label %end144
end144:
  %v148 = phi <16 x float> [ %v119, %then142 ], [ %v147, %else143 ]
  %v149 = call i64 @llvm.smin.i64(i64 %v140, i64 %v108)
  %v150 = mul i64 %v149, 4
  %v151 = getelementptr i8, ptr %v12, i64 %v150
  store <16 x float> %v148, ptr %v151, align 4
  %v152 = add i64 %v140, 16
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

define internal void @thin_1x4x2_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
entry:
  br label %main
main:
  %v1 = sub i64 %group, 1
  %v2 = add i64 %K, %v1
  %v3 = udiv i64 %v2, %group
  %v4 = add i64 %panel, 1
  %v5 = add i64 %panel, 2
  %v6 = add i64 %panel, 3
  %v7 = mul i64 %panel, %K
  %v8 = mul i64 %v7, 16
  %v9 = getelementptr i8, ptr %codes, i64 %v8
  %v10 = mul i64 %v4, %K
  %v11 = mul i64 %v10, 16
  %v12 = getelementptr i8, ptr %codes, i64 %v11
  %v13 = mul i64 %v5, %K
  %v14 = mul i64 %v13, 16
  %v15 = getelementptr i8, ptr %codes, i64 %v14
  %v16 = mul i64 %v6, %K
  %v17 = mul i64 %v16, 16
  %v18 = getelementptr i8, ptr %codes, i64 %v17
  br label %while19
while19:
  %v22 = phi i64 [ 0, %main ], [ %v35, %done101 ]
  %v23 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v175, %done101 ]
  %v24 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v176, %done101 ]
  %v25 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v177, %done101 ]
  %v26 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v178, %done101 ]
  %v27 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v179, %done101 ]
  %v28 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v180, %done101 ]
  %v29 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v181, %done101 ]
  %v30 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v182, %done101 ]
  %v31 = icmp slt i64 %v22, %K
  br i1 %v31, label %loop20, label %done21
loop20:
  %v32 = udiv i64 %v22, %group
  %v33 = add i64 %v32, 1
  %v34 = mul i64 %v33, %group
  %v35 = call i64 @llvm.smin.i64(i64 %K, i64 %v34)
  %v36 = mul i64 %panel, %v3
  %v37 = add i64 %v36, %v32
  %v38 = mul i64 %v37, 64
  %v39 = getelementptr i8, ptr %scales, i64 %v38
  %v40 = load <16 x i16>, ptr %v39, align 2
  %v41 = bitcast <16 x i16> %v40 to <16 x half>
  %v42 = fpext <16 x half> %v41 to <16 x float>
  %v43 = mul i64 %panel, %v3
  %v44 = add i64 %v43, %v32
  %v45 = mul i64 %v44, 64
  %v46 = mul i64 16, 2
  %v47 = add i64 %v45, %v46
  %v48 = getelementptr i8, ptr %scales, i64 %v47
  %v49 = load <16 x i16>, ptr %v48, align 2
  %v50 = bitcast <16 x i16> %v49 to <16 x half>
  %v51 = fpext <16 x half> %v50 to <16 x float>
  %v52 = mul i64 %v4, %v3
  %v53 = add i64 %v52, %v32
  %v54 = mul i64 %v53, 64
  %v55 = getelementptr i8, ptr %scales, i64 %v54
  %v56 = load <16 x i16>, ptr %v55, align 2
  %v57 = bitcast <16 x i16> %v56 to <16 x half>
  %v58 = fpext <16 x half> %v57 to <16 x float>
  %v59 = mul i64 %v4, %v3
  %v60 = add i64 %v59, %v32
  %v61 = mul i64 %v60, 64
  %v62 = mul i64 16, 2
  %v63 = add i64 %v61, %v62
  %v64 = getelementptr i8, ptr %scales, i64 %v63
  %v65 = load <16 x i16>, ptr %v64, align 2
  %v66 = bitcast <16 x i16> %v65 to <16 x half>
  %v67 = fpext <16 x half> %v66 to <16 x float>
  %v68 = mul i64 %v5, %v3
  %v69 = add i64 %v68, %v32
  %v70 = mul i64 %v69, 64
  %v71 = getelementptr i8, ptr %scales, i64 %v70
  %v72 = load <16 x i16>, ptr %v71, align 2
  %v73 = bitcast <16 x i16> %v72 to <16 x half>
  %v74 = fpext <16 x half> %v73 to <16 x float>
  %v75 = mul i64 %v5, %v3
  %v76 = add i64 %v75, %v32
  %v77 = mul i64 %v76, 64
  %v78 = mul i64 16, 2
  %v79 = add i64 %v77, %v78
  %v80 = getelementptr i8, ptr %scales, i64 %v79
  %v81 = load <16 x i16>, ptr %v80, align 2
  %v82 = bitcast <16 x i16> %v81 to <16 x half>
  %v83 = fpext <16 x half> %v82 to <16 x float>
  %v84 = mul i64 %v6, %v3
  %v85 = add i64 %v84, %v32
  %v86 = mul i64 %v85, 64
  %v87 = getelementptr i8, ptr %scales, i64 %v86
  %v88 = load <16 x i16>, ptr %v87, align 2
  %v89 = bitcast <16 x i16> %v88 to <16 x half>
  %v90 = fpext <16 x half> %v89 to <16 x float>
  %v91 = mul i64 %v6, %v3
  %v92 = add i64 %v91, %v32
  %v93 = mul i64 %v92, 64
  %v94 = mul i64 16, 2
  %v95 = add i64 %v93, %v94
  %v96 = getelementptr i8, ptr %scales, i64 %v95
  %v97 = load <16 x i16>, ptr %v96, align 2
  %v98 = bitcast <16 x i16> %v97 to <16 x half>
  %v99 = fpext <16 x half> %v98 to <16 x float>
  %v102 = icmp slt i64 %v22, %v35
  br i1 %v102, label %loop100, label %done101
loop100:
  %v103 = phi i64 [ %v22, %loop20 ], [ %v173, %loop100 ]
  %v104 = phi <16 x float> [ %v23, %loop20 ], [ %v165, %loop100 ]
  %v105 = phi <16 x float> [ %v24, %loop20 ], [ %v166, %loop100 ]
  %v106 = phi <16 x float> [ %v25, %loop20 ], [ %v167, %loop100 ]
  %v107 = phi <16 x float> [ %v26, %loop20 ], [ %v168, %loop100 ]
  %v108 = phi <16 x float> [ %v27, %loop20 ], [ %v169, %loop100 ]
  %v109 = phi <16 x float> [ %v28, %loop20 ], [ %v170, %loop100 ]
  %v110 = phi <16 x float> [ %v29, %loop20 ], [ %v171, %loop100 ]
  %v111 = phi <16 x float> [ %v30, %loop20 ], [ %v172, %loop100 ]
  %v112 = mul i64 %v103, 4
  %v113 = getelementptr i8, ptr %left, i64 %v112
  %v114 = load float, ptr %v113, align 4
  %v115 = insertelement <16 x float> poison, float %v114, i32 0
  %v116 = shufflevector <16 x float> %v115, <16 x float> poison, <16 x i32> zeroinitializer
  %v117 = mul i64 %v103, 16
  %v118 = getelementptr i8, ptr %v9, i64 %v117
  %v119 = load <16 x i8>, ptr %v118, align 1
  %v120 = zext <16 x i8> %v119 to <16 x i32>
  %v121 = and <16 x i32> %v120, splat (i32 15)
  %v122 = sub <16 x i32> %v121, splat (i32 8)
  %v123 = sitofp <16 x i32> %v122 to <16 x float>
  %v124 = fmul <16 x float> %v123, %v42
  %v125 = lshr <16 x i32> %v120, splat (i32 4)
  %v126 = sub <16 x i32> %v125, splat (i32 8)
  %v127 = sitofp <16 x i32> %v126 to <16 x float>
  %v128 = fmul <16 x float> %v127, %v51
  %v129 = mul i64 %v103, 16
  %v130 = getelementptr i8, ptr %v12, i64 %v129
  %v131 = load <16 x i8>, ptr %v130, align 1
  %v132 = zext <16 x i8> %v131 to <16 x i32>
  %v133 = and <16 x i32> %v132, splat (i32 15)
  %v134 = sub <16 x i32> %v133, splat (i32 8)
  %v135 = sitofp <16 x i32> %v134 to <16 x float>
  %v136 = fmul <16 x float> %v135, %v58
  %v137 = lshr <16 x i32> %v132, splat (i32 4)
  %v138 = sub <16 x i32> %v137, splat (i32 8)
  %v139 = sitofp <16 x i32> %v138 to <16 x float>
  %v140 = fmul <16 x float> %v139, %v67
  %v141 = mul i64 %v103, 16
  %v142 = getelementptr i8, ptr %v15, i64 %v141
  %v143 = load <16 x i8>, ptr %v142, align 1
  %v144 = zext <16 x i8> %v143 to <16 x i32>
  %v145 = and <16 x i32> %v144, splat (i32 15)
  %v146 = sub <16 x i32> %v145, splat (i32 8)
  %v147 = sitofp <16 x i32> %v146 to <16 x float>
  %v148 = fmul <16 x float> %v147, %v74
  %v149 = lshr <16 x i32> %v144, splat (i32 4)
  %v150 = sub <16 x i32> %v149, splat (i32 8)
  %v151 = sitofp <16 x i32> %v150 to <16 x float>
  %v152 = fmul <16 x float> %v151, %v83
  %v153 = mul i64 %v103, 16
  %v154 = getelementptr i8, ptr %v18, i64 %v153
  %v155 = load <16 x i8>, ptr %v154, align 1
  %v156 = zext <16 x i8> %v155 to <16 x i32>
  %v157 = and <16 x i32> %v156, splat (i32 15)
  %v158 = sub <16 x i32> %v157, splat (i32 8)
  %v159 = sitofp <16 x i32> %v158 to <16 x float>
  %v160 = fmul <16 x float> %v159, %v90
  %v161 = lshr <16 x i32> %v156, splat (i32 4)
  %v162 = sub <16 x i32> %v161, splat (i32 8)
  %v163 = sitofp <16 x i32> %v162 to <16 x float>
  %v164 = fmul <16 x float> %v163, %v99
  %v165 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v124, <16 x float> %v104)
  %v166 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v128, <16 x float> %v105)
  %v167 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v136, <16 x float> %v106)
  %v168 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v140, <16 x float> %v107)
  %v169 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v148, <16 x float> %v108)
  %v170 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v152, <16 x float> %v109)
  %v171 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v160, <16 x float> %v110)
  %v172 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v116, <16 x float> %v164, <16 x float> %v111)
  %v173 = add i64 %v103, 1
  %v174 = icmp slt i64 %v173, %v35
  br i1 %v174, label %loop100, label %done101
done101:
  %v175 = phi <16 x float> [ %v23, %loop20 ], [ %v165, %loop100 ]
  %v176 = phi <16 x float> [ %v24, %loop20 ], [ %v166, %loop100 ]
  %v177 = phi <16 x float> [ %v25, %loop20 ], [ %v167, %loop100 ]
  %v178 = phi <16 x float> [ %v26, %loop20 ], [ %v168, %loop100 ]
  %v179 = phi <16 x float> [ %v27, %loop20 ], [ %v169, %loop100 ]
  %v180 = phi <16 x float> [ %v28, %loop20 ], [ %v170, %loop100 ]
  %v181 = phi <16 x float> [ %v29, %loop20 ], [ %v171, %loop100 ]
  %v182 = phi <16 x float> [ %v30, %loop20 ], [ %v172, %loop100 ]
  br label %while19
done21:
  store <16 x float> %v23, ptr %sums, align 4
  %v183 = getelementptr i8, ptr %sums, i64 64
  store <16 x float> %v24, ptr %v183, align 4
  %v184 = getelementptr i8, ptr %sums, i64 128
  store <16 x float> %v25, ptr %v184, align 4
  %v185 = getelementptr i8, ptr %sums, i64 192
  store <16 x float> %v26, ptr %v185, align 4
  %v186 = getelementptr i8, ptr %sums, i64 256
  store <16 x float> %v27, ptr %v186, align 4
  %v187 = getelementptr i8, ptr %sums, i64 320
  store <16 x float> %v28, ptr %v187, align 4
  %v188 = getelementptr i8, ptr %sums, i64 384
  store <16 x float> %v29, ptr %v188, align 4
  %v189 = getelementptr i8, ptr %sums, i64 448
  store <16 x float> %v30, ptr %v189, align 4
  ret void
}

define internal void @thin_1x1x2_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
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
  %v10 = phi i64 [ 0, %main ], [ %v17, %done35 ]
  %v11 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v61, %done35 ]
  %v12 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v62, %done35 ]
  %v13 = icmp slt i64 %v10, %K
  br i1 %v13, label %loop8, label %done9
loop8:
  %v14 = udiv i64 %v10, %group
  %v15 = add i64 %v14, 1
  %v16 = mul i64 %v15, %group
  %v17 = call i64 @llvm.smin.i64(i64 %K, i64 %v16)
  %v18 = mul i64 %panel, %v3
  %v19 = add i64 %v18, %v14
  %v20 = mul i64 %v19, 64
  %v21 = getelementptr i8, ptr %scales, i64 %v20
  %v22 = load <16 x i16>, ptr %v21, align 2
  %v23 = bitcast <16 x i16> %v22 to <16 x half>
  %v24 = fpext <16 x half> %v23 to <16 x float>
  %v25 = mul i64 %panel, %v3
  %v26 = add i64 %v25, %v14
  %v27 = mul i64 %v26, 64
  %v28 = mul i64 16, 2
  %v29 = add i64 %v27, %v28
  %v30 = getelementptr i8, ptr %scales, i64 %v29
  %v31 = load <16 x i16>, ptr %v30, align 2
  %v32 = bitcast <16 x i16> %v31 to <16 x half>
  %v33 = fpext <16 x half> %v32 to <16 x float>
  %v36 = icmp slt i64 %v10, %v17
  br i1 %v36, label %loop34, label %done35
loop34:
  %v37 = phi i64 [ %v10, %loop8 ], [ %v59, %loop34 ]
  %v38 = phi <16 x float> [ %v11, %loop8 ], [ %v57, %loop34 ]
  %v39 = phi <16 x float> [ %v12, %loop8 ], [ %v58, %loop34 ]
  %v40 = mul i64 %v37, 4
  %v41 = getelementptr i8, ptr %left, i64 %v40
  %v42 = load float, ptr %v41, align 4
  %v43 = insertelement <16 x float> poison, float %v42, i32 0
  %v44 = shufflevector <16 x float> %v43, <16 x float> poison, <16 x i32> zeroinitializer
  %v45 = mul i64 %v37, 16
  %v46 = getelementptr i8, ptr %v6, i64 %v45
  %v47 = load <16 x i8>, ptr %v46, align 1
  %v48 = zext <16 x i8> %v47 to <16 x i32>
  %v49 = and <16 x i32> %v48, splat (i32 15)
  %v50 = sub <16 x i32> %v49, splat (i32 8)
  %v51 = sitofp <16 x i32> %v50 to <16 x float>
  %v52 = fmul <16 x float> %v51, %v24
  %v53 = lshr <16 x i32> %v48, splat (i32 4)
  %v54 = sub <16 x i32> %v53, splat (i32 8)
  %v55 = sitofp <16 x i32> %v54 to <16 x float>
  %v56 = fmul <16 x float> %v55, %v33
  %v57 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v44, <16 x float> %v52, <16 x float> %v38)
  %v58 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v44, <16 x float> %v56, <16 x float> %v39)
  %v59 = add i64 %v37, 1
  %v60 = icmp slt i64 %v59, %v17
  br i1 %v60, label %loop34, label %done35
done35:
  %v61 = phi <16 x float> [ %v11, %loop8 ], [ %v57, %loop34 ]
  %v62 = phi <16 x float> [ %v12, %loop8 ], [ %v58, %loop34 ]
  br label %while7
done9:
  store <16 x float> %v11, ptr %sums, align 4
  %v63 = getelementptr i8, ptr %sums, i64 64
  store <16 x float> %v12, ptr %v63, align 4
  ret void
}

define internal void @thin_2x1x2_0(ptr %left, ptr %codes, ptr %scales, ptr %offsets, i64 %group, i64 %K, i64 %panel, ptr %sums) nounwind {
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
  %v10 = phi i64 [ 0, %main ], [ %v19, %done37 ]
  %v11 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v73, %done37 ]
  %v12 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v74, %done37 ]
  %v13 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v75, %done37 ]
  %v14 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v76, %done37 ]
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
  %v24 = load <16 x i16>, ptr %v23, align 2
  %v25 = bitcast <16 x i16> %v24 to <16 x half>
  %v26 = fpext <16 x half> %v25 to <16 x float>
  %v27 = mul i64 %panel, %v3
  %v28 = add i64 %v27, %v16
  %v29 = mul i64 %v28, 64
  %v30 = mul i64 16, 2
  %v31 = add i64 %v29, %v30
  %v32 = getelementptr i8, ptr %scales, i64 %v31
  %v33 = load <16 x i16>, ptr %v32, align 2
  %v34 = bitcast <16 x i16> %v33 to <16 x half>
  %v35 = fpext <16 x half> %v34 to <16 x float>
  %v38 = icmp slt i64 %v10, %v19
  br i1 %v38, label %loop36, label %done37
loop36:
  %v39 = phi i64 [ %v10, %loop8 ], [ %v71, %loop36 ]
  %v40 = phi <16 x float> [ %v11, %loop8 ], [ %v67, %loop36 ]
  %v41 = phi <16 x float> [ %v12, %loop8 ], [ %v68, %loop36 ]
  %v42 = phi <16 x float> [ %v13, %loop8 ], [ %v69, %loop36 ]
  %v43 = phi <16 x float> [ %v14, %loop8 ], [ %v70, %loop36 ]
  %v44 = mul i64 %v39, 4
  %v45 = getelementptr i8, ptr %left, i64 %v44
  %v46 = load float, ptr %v45, align 4
  %v47 = insertelement <16 x float> poison, float %v46, i32 0
  %v48 = shufflevector <16 x float> %v47, <16 x float> poison, <16 x i32> zeroinitializer
  %v49 = add i64 %K, %v39
  %v50 = mul i64 %v49, 4
  %v51 = getelementptr i8, ptr %left, i64 %v50
  %v52 = load float, ptr %v51, align 4
  %v53 = insertelement <16 x float> poison, float %v52, i32 0
  %v54 = shufflevector <16 x float> %v53, <16 x float> poison, <16 x i32> zeroinitializer
  %v55 = mul i64 %v39, 16
  %v56 = getelementptr i8, ptr %v6, i64 %v55
  %v57 = load <16 x i8>, ptr %v56, align 1
  %v58 = zext <16 x i8> %v57 to <16 x i32>
  %v59 = and <16 x i32> %v58, splat (i32 15)
  %v60 = sub <16 x i32> %v59, splat (i32 8)
  %v61 = sitofp <16 x i32> %v60 to <16 x float>
  %v62 = fmul <16 x float> %v61, %v26
  %v63 = lshr <16 x i32> %v58, splat (i32 4)
  %v64 = sub <16 x i32> %v63, splat (i32 8)
  %v65 = sitofp <16 x i32> %v64 to <16 x float>
  %v66 = fmul <16 x float> %v65, %v35
  %v67 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v48, <16 x float> %v62, <16 x float> %v40)
  %v68 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v48, <16 x float> %v66, <16 x float> %v41)
  %v69 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v54, <16 x float> %v62, <16 x float> %v42)
  %v70 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v54, <16 x float> %v66, <16 x float> %v43)
  %v71 = add i64 %v39, 1
  %v72 = icmp slt i64 %v71, %v19
  br i1 %v72, label %loop36, label %done37
done37:
  %v73 = phi <16 x float> [ %v11, %loop8 ], [ %v67, %loop36 ]
  %v74 = phi <16 x float> [ %v12, %loop8 ], [ %v68, %loop36 ]
  %v75 = phi <16 x float> [ %v13, %loop8 ], [ %v69, %loop36 ]
  %v76 = phi <16 x float> [ %v14, %loop8 ], [ %v70, %loop36 ]
  br label %while7
done9:
  store <16 x float> %v11, ptr %sums, align 4
  %v77 = getelementptr i8, ptr %sums, i64 64
  store <16 x float> %v12, ptr %v77, align 4
  %v78 = getelementptr i8, ptr %sums, i64 128
  store <16 x float> %v13, ptr %v78, align 4
  %v79 = getelementptr i8, ptr %sums, i64 192
  store <16 x float> %v14, ptr %v79, align 4
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
  %v11 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v86, %done39 ]
  %v12 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v87, %done39 ]
  %v13 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v88, %done39 ]
  %v14 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v89, %done39 ]
  %v15 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v90, %done39 ]
  %v16 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v91, %done39 ]
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
  %v26 = load <16 x i16>, ptr %v25, align 2
  %v27 = bitcast <16 x i16> %v26 to <16 x half>
  %v28 = fpext <16 x half> %v27 to <16 x float>
  %v29 = mul i64 %panel, %v3
  %v30 = add i64 %v29, %v18
  %v31 = mul i64 %v30, 64
  %v32 = mul i64 16, 2
  %v33 = add i64 %v31, %v32
  %v34 = getelementptr i8, ptr %scales, i64 %v33
  %v35 = load <16 x i16>, ptr %v34, align 2
  %v36 = bitcast <16 x i16> %v35 to <16 x half>
  %v37 = fpext <16 x half> %v36 to <16 x float>
  %v40 = icmp slt i64 %v10, %v21
  br i1 %v40, label %loop38, label %done39
loop38:
  %v41 = phi i64 [ %v10, %loop8 ], [ %v84, %loop38 ]
  %v42 = phi <16 x float> [ %v11, %loop8 ], [ %v78, %loop38 ]
  %v43 = phi <16 x float> [ %v12, %loop8 ], [ %v79, %loop38 ]
  %v44 = phi <16 x float> [ %v13, %loop8 ], [ %v80, %loop38 ]
  %v45 = phi <16 x float> [ %v14, %loop8 ], [ %v81, %loop38 ]
  %v46 = phi <16 x float> [ %v15, %loop8 ], [ %v82, %loop38 ]
  %v47 = phi <16 x float> [ %v16, %loop8 ], [ %v83, %loop38 ]
  %v48 = mul i64 %v41, 4
  %v49 = getelementptr i8, ptr %left, i64 %v48
  %v50 = load float, ptr %v49, align 4
  %v51 = insertelement <16 x float> poison, float %v50, i32 0
  %v52 = shufflevector <16 x float> %v51, <16 x float> poison, <16 x i32> zeroinitializer
  %v53 = add i64 %K, %v41
  %v54 = mul i64 %v53, 4
  %v55 = getelementptr i8, ptr %left, i64 %v54
  %v56 = load float, ptr %v55, align 4
  %v57 = insertelement <16 x float> poison, float %v56, i32 0
  %v58 = shufflevector <16 x float> %v57, <16 x float> poison, <16 x i32> zeroinitializer
  %v59 = mul i64 %K, 2
  %v60 = add i64 %v59, %v41
  %v61 = mul i64 %v60, 4
  %v62 = getelementptr i8, ptr %left, i64 %v61
  %v63 = load float, ptr %v62, align 4
  %v64 = insertelement <16 x float> poison, float %v63, i32 0
  %v65 = shufflevector <16 x float> %v64, <16 x float> poison, <16 x i32> zeroinitializer
  %v66 = mul i64 %v41, 16
  %v67 = getelementptr i8, ptr %v6, i64 %v66
  %v68 = load <16 x i8>, ptr %v67, align 1
  %v69 = zext <16 x i8> %v68 to <16 x i32>
  %v70 = and <16 x i32> %v69, splat (i32 15)
  %v71 = sub <16 x i32> %v70, splat (i32 8)
  %v72 = sitofp <16 x i32> %v71 to <16 x float>
  %v73 = fmul <16 x float> %v72, %v28
  %v74 = lshr <16 x i32> %v69, splat (i32 4)
  %v75 = sub <16 x i32> %v74, splat (i32 8)
  %v76 = sitofp <16 x i32> %v75 to <16 x float>
  %v77 = fmul <16 x float> %v76, %v37
  %v78 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v52, <16 x float> %v73, <16 x float> %v42)
  %v79 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v52, <16 x float> %v77, <16 x float> %v43)
  %v80 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v58, <16 x float> %v73, <16 x float> %v44)
  %v81 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v58, <16 x float> %v77, <16 x float> %v45)
  %v82 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v65, <16 x float> %v73, <16 x float> %v46)
  %v83 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v65, <16 x float> %v77, <16 x float> %v47)
  %v84 = add i64 %v41, 1
  %v85 = icmp slt i64 %v84, %v21
  br i1 %v85, label %loop38, label %done39
done39:
  %v86 = phi <16 x float> [ %v11, %loop8 ], [ %v78, %loop38 ]
  %v87 = phi <16 x float> [ %v12, %loop8 ], [ %v79, %loop38 ]
  %v88 = phi <16 x float> [ %v13, %loop8 ], [ %v80, %loop38 ]
  %v89 = phi <16 x float> [ %v14, %loop8 ], [ %v81, %loop38 ]
  %v90 = phi <16 x float> [ %v15, %loop8 ], [ %v82, %loop38 ]
  %v91 = phi <16 x float> [ %v16, %loop8 ], [ %v83, %loop38 ]
  br label %while7
done9:
  store <16 x float> %v11, ptr %sums, align 4
  %v92 = getelementptr i8, ptr %sums, i64 64
  store <16 x float> %v12, ptr %v92, align 4
  %v93 = getelementptr i8, ptr %sums, i64 128
  store <16 x float> %v13, ptr %v93, align 4
  %v94 = getelementptr i8, ptr %sums, i64 192
  store <16 x float> %v14, ptr %v94, align 4
  %v95 = getelementptr i8, ptr %sums, i64 256
  store <16 x float> %v15, ptr %v95, align 4
  %v96 = getelementptr i8, ptr %sums, i64 320
  store <16 x float> %v16, ptr %v96, align 4
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
  %v11 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v99, %done41 ]
  %v12 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v100, %done41 ]
  %v13 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v101, %done41 ]
  %v14 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v102, %done41 ]
  %v15 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v103, %done41 ]
  %v16 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v104, %done41 ]
  %v17 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v105, %done41 ]
  %v18 = phi <16 x float> [ splat (float 0x0000000000000000), %main ], [ %v106, %done41 ]
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
  %v28 = load <16 x i16>, ptr %v27, align 2
  %v29 = bitcast <16 x i16> %v28 to <16 x half>
  %v30 = fpext <16 x half> %v29 to <16 x float>
  %v31 = mul i64 %panel, %v3
  %v32 = add i64 %v31, %v20
  %v33 = mul i64 %v32, 64
  %v34 = mul i64 16, 2
  %v35 = add i64 %v33, %v34
  %v36 = getelementptr i8, ptr %scales, i64 %v35
  %v37 = load <16 x i16>, ptr %v36, align 2
  %v38 = bitcast <16 x i16> %v37 to <16 x half>
  %v39 = fpext <16 x half> %v38 to <16 x float>
  %v42 = icmp slt i64 %v10, %v23
  br i1 %v42, label %loop40, label %done41
loop40:
  %v43 = phi i64 [ %v10, %loop8 ], [ %v97, %loop40 ]
  %v44 = phi <16 x float> [ %v11, %loop8 ], [ %v89, %loop40 ]
  %v45 = phi <16 x float> [ %v12, %loop8 ], [ %v90, %loop40 ]
  %v46 = phi <16 x float> [ %v13, %loop8 ], [ %v91, %loop40 ]
  %v47 = phi <16 x float> [ %v14, %loop8 ], [ %v92, %loop40 ]
  %v48 = phi <16 x float> [ %v15, %loop8 ], [ %v93, %loop40 ]
  %v49 = phi <16 x float> [ %v16, %loop8 ], [ %v94, %loop40 ]
  %v50 = phi <16 x float> [ %v17, %loop8 ], [ %v95, %loop40 ]
  %v51 = phi <16 x float> [ %v18, %loop8 ], [ %v96, %loop40 ]
  %v52 = mul i64 %v43, 4
  %v53 = getelementptr i8, ptr %left, i64 %v52
  %v54 = load float, ptr %v53, align 4
  %v55 = insertelement <16 x float> poison, float %v54, i32 0
  %v56 = shufflevector <16 x float> %v55, <16 x float> poison, <16 x i32> zeroinitializer
  %v57 = add i64 %K, %v43
  %v58 = mul i64 %v57, 4
  %v59 = getelementptr i8, ptr %left, i64 %v58
  %v60 = load float, ptr %v59, align 4
  %v61 = insertelement <16 x float> poison, float %v60, i32 0
  %v62 = shufflevector <16 x float> %v61, <16 x float> poison, <16 x i32> zeroinitializer
  %v63 = mul i64 %K, 2
  %v64 = add i64 %v63, %v43
  %v65 = mul i64 %v64, 4
  %v66 = getelementptr i8, ptr %left, i64 %v65
  %v67 = load float, ptr %v66, align 4
  %v68 = insertelement <16 x float> poison, float %v67, i32 0
  %v69 = shufflevector <16 x float> %v68, <16 x float> poison, <16 x i32> zeroinitializer
  %v70 = mul i64 %K, 3
  %v71 = add i64 %v70, %v43
  %v72 = mul i64 %v71, 4
  %v73 = getelementptr i8, ptr %left, i64 %v72
  %v74 = load float, ptr %v73, align 4
  %v75 = insertelement <16 x float> poison, float %v74, i32 0
  %v76 = shufflevector <16 x float> %v75, <16 x float> poison, <16 x i32> zeroinitializer
  %v77 = mul i64 %v43, 16
  %v78 = getelementptr i8, ptr %v6, i64 %v77
  %v79 = load <16 x i8>, ptr %v78, align 1
  %v80 = zext <16 x i8> %v79 to <16 x i32>
  %v81 = and <16 x i32> %v80, splat (i32 15)
  %v82 = sub <16 x i32> %v81, splat (i32 8)
  %v83 = sitofp <16 x i32> %v82 to <16 x float>
  %v84 = fmul <16 x float> %v83, %v30
  %v85 = lshr <16 x i32> %v80, splat (i32 4)
  %v86 = sub <16 x i32> %v85, splat (i32 8)
  %v87 = sitofp <16 x i32> %v86 to <16 x float>
  %v88 = fmul <16 x float> %v87, %v39
  %v89 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v56, <16 x float> %v84, <16 x float> %v44)
  %v90 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v56, <16 x float> %v88, <16 x float> %v45)
  %v91 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v62, <16 x float> %v84, <16 x float> %v46)
  %v92 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v62, <16 x float> %v88, <16 x float> %v47)
  %v93 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v69, <16 x float> %v84, <16 x float> %v48)
  %v94 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v69, <16 x float> %v88, <16 x float> %v49)
  %v95 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v76, <16 x float> %v84, <16 x float> %v50)
  %v96 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v76, <16 x float> %v88, <16 x float> %v51)
  %v97 = add i64 %v43, 1
  %v98 = icmp slt i64 %v97, %v23
  br i1 %v98, label %loop40, label %done41
done41:
  %v99 = phi <16 x float> [ %v11, %loop8 ], [ %v89, %loop40 ]
  %v100 = phi <16 x float> [ %v12, %loop8 ], [ %v90, %loop40 ]
  %v101 = phi <16 x float> [ %v13, %loop8 ], [ %v91, %loop40 ]
  %v102 = phi <16 x float> [ %v14, %loop8 ], [ %v92, %loop40 ]
  %v103 = phi <16 x float> [ %v15, %loop8 ], [ %v93, %loop40 ]
  %v104 = phi <16 x float> [ %v16, %loop8 ], [ %v94, %loop40 ]
  %v105 = phi <16 x float> [ %v17, %loop8 ], [ %v95, %loop40 ]
  %v106 = phi <16 x float> [ %v18, %loop8 ], [ %v96, %loop40 ]
  br label %while7
done9:
  store <16 x float> %v11, ptr %sums, align 4
  %v107 = getelementptr i8, ptr %sums, i64 64
  store <16 x float> %v12, ptr %v107, align 4
  %v108 = getelementptr i8, ptr %sums, i64 128
  store <16 x float> %v13, ptr %v108, align 4
  %v109 = getelementptr i8, ptr %sums, i64 192
  store <16 x float> %v14, ptr %v109, align 4
  %v110 = getelementptr i8, ptr %sums, i64 256
  store <16 x float> %v15, ptr %v110, align 4
  %v111 = getelementptr i8, ptr %sums, i64 320
  store <16 x float> %v16, ptr %v111, align 4
  %v112 = getelementptr i8, ptr %sums, i64 384
  store <16 x float> %v17, ptr %v112, align 4
  %v113 = getelementptr i8, ptr %sums, i64 448
  store <16 x float> %v18, ptr %v113, align 4
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
