declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)

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
  %v11 = getelementptr i8, ptr %v3, i64 8
  %v12 = load i64, ptr %v11, align 8
  %v13 = getelementptr i8, ptr %v3, i64 16
  %v14 = load i64, ptr %v13, align 8
  %v15 = getelementptr i8, ptr %v3, i64 24
  %v16 = load i64, ptr %v15, align 8
  %v17 = getelementptr i8, ptr %v3, i64 32
  %v18 = load i64, ptr %v17, align 8
  %v19 = getelementptr i8, ptr %v3, i64 40
  %v20 = load i64, ptr %v19, align 8
  %v21 = load ptr, ptr %v1, align 8
  %v22 = getelementptr i8, ptr %v1, i64 8
  %v23 = load ptr, ptr %v22, align 8
  %v24 = mul i64 %v10, %v12
  %v25 = mul i64 %v24, %v14
  %v26 = mul i64 %v16, %v18
  %v27 = mul i64 %v26, %v20
  %v28 = icmp eq i64 %v20, 1
  %v31 = icmp slt i64 %begin, %end
  br i1 %v31, label %loop29, label %done30
loop29:
  %v32 = phi i64 [ %begin, %main ], [ %v201, %done36 ]
  %v33 = mul i64 %v32, %v25
  %v34 = getelementptr float, ptr %v21, i64 %v33
  %v37 = icmp slt i64 0, %v16
  br i1 %v37, label %loop35, label %done36
loop35:
  %v38 = phi i64 [ 0, %loop29 ], [ %v199, %done40 ]
  %v41 = icmp slt i64 0, %v18
  br i1 %v41, label %loop39, label %done40
loop39:
  %v42 = phi i64 [ 0, %loop35 ], [ %v197, %done44 ]
  %v45 = icmp slt i64 0, %v20
  br i1 %v45, label %loop43, label %done44
loop43:
  %v46 = phi i64 [ 0, %loop39 ], [ %v195, %done88 ]
  %v47 = mul i64 %v38, %v18
  %v48 = add i64 %v47, %v42
  %v49 = mul i64 %v48, %v20
  %v50 = add i64 %v49, %v46
  %v51 = mul i64 %v38, %v10
  %v52 = udiv i64 %v51, %v16
  %v53 = add i64 %v38, 1
  %v54 = mul i64 %v53, %v10
  %v55 = sub i64 %v16, 1
  %v56 = add i64 %v54, %v55
  %v57 = udiv i64 %v56, %v16
  %v58 = mul i64 %v42, %v12
  %v59 = udiv i64 %v58, %v18
  %v60 = add i64 %v42, 1
  %v61 = mul i64 %v60, %v12
  %v62 = sub i64 %v18, 1
  %v63 = add i64 %v61, %v62
  %v64 = udiv i64 %v63, %v18
  %v65 = mul i64 %v46, %v14
  %v66 = udiv i64 %v65, %v20
  %v67 = add i64 %v46, 1
  %v68 = mul i64 %v67, %v14
  %v69 = sub i64 %v20, 1
  %v70 = add i64 %v68, %v69
  %v71 = udiv i64 %v70, %v20
  %v72 = mul i64 %v32, %v27
  %v73 = add i64 %v72, %v50
  %v74 = getelementptr float, ptr %v23, i64 %v73
  %v75 = sub i64 %v57, %v52
  %v76 = sub i64 %v64, %v59
  %v77 = mul i64 %v75, %v76
  %v78 = sub i64 %v71, %v66
  %v79 = mul i64 %v77, %v78
  %v80 = sitofp i64 %v79 to float
  %v81 = sub i64 %v64, %v59
  %v82 = select i1 %v28, i64 1, i64 %v81
  %v83 = sub i64 %v64, %v59
  %v84 = mul i64 %v83, %v14
  %v85 = sub i64 %v71, %v66
  %v86 = select i1 %v28, i64 %v84, i64 %v85
  %v89 = icmp slt i64 %v52, %v57
  br i1 %v89, label %loop87, label %done88
loop87:
  %v90 = phi i64 [ %v52, %loop43 ], [ %v172, %done96 ]
  %v91 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v168, %done96 ]
  %v92 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v169, %done96 ]
  %v93 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v170, %done96 ]
  %v94 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v171, %done96 ]
  %v97 = icmp slt i64 0, %v82
  br i1 %v97, label %loop95, label %done96
loop95:
  %v98 = phi i64 [ 0, %loop87 ], [ %v166, %done143 ]
  %v99 = phi <16 x float> [ %v91, %loop87 ], [ %v152, %done143 ]
  %v100 = phi <16 x float> [ %v92, %loop87 ], [ %v165, %done143 ]
  %v101 = phi <16 x float> [ %v93, %loop87 ], [ %v140, %done143 ]
  %v102 = phi <16 x float> [ %v94, %loop87 ], [ %v141, %done143 ]
  %v103 = mul i64 %v90, %v12
  %v104 = add i64 %v103, %v59
  %v105 = add i64 %v104, %v98
  %v106 = mul i64 %v105, %v14
  %v107 = add i64 %v106, %v66
  %v108 = getelementptr float, ptr %v34, i64 %v107
  %v109 = urem i64 %v86, 16
  %v110 = sub i64 %v86, %v109
  %v111 = urem i64 %v110, 64
  %v112 = sub i64 %v110, %v111
  %v115 = icmp slt i64 0, %v112
  br i1 %v115, label %loop113, label %done114
loop113:
  %v116 = phi i64 [ 0, %loop95 ], [ %v136, %loop113 ]
  %v117 = phi <16 x float> [ %v99, %loop95 ], [ %v123, %loop113 ]
  %v118 = phi <16 x float> [ %v100, %loop95 ], [ %v127, %loop113 ]
  %v119 = phi <16 x float> [ %v101, %loop95 ], [ %v131, %loop113 ]
  %v120 = phi <16 x float> [ %v102, %loop95 ], [ %v135, %loop113 ]
  %v121 = getelementptr float, ptr %v108, i64 %v116
  %v122 = load <16 x float>, ptr %v121, align 4
  %v123 = fadd <16 x float> %v117, %v122
  %v124 = getelementptr float, ptr %v108, i64 %v116
  %v125 = getelementptr i8, ptr %v124, i64 64
  %v126 = load <16 x float>, ptr %v125, align 4
  %v127 = fadd <16 x float> %v118, %v126
  %v128 = getelementptr float, ptr %v108, i64 %v116
  %v129 = getelementptr i8, ptr %v128, i64 128
  %v130 = load <16 x float>, ptr %v129, align 4
  %v131 = fadd <16 x float> %v119, %v130
  %v132 = getelementptr float, ptr %v108, i64 %v116
  %v133 = getelementptr i8, ptr %v132, i64 192
  %v134 = load <16 x float>, ptr %v133, align 4
  %v135 = fadd <16 x float> %v120, %v134
  %v136 = add i64 %v116, 64
  %v137 = icmp slt i64 %v136, %v112
  br i1 %v137, label %loop113, label %done114
done114:
  %v138 = phi <16 x float> [ %v99, %loop95 ], [ %v123, %loop113 ]
  %v139 = phi <16 x float> [ %v100, %loop95 ], [ %v127, %loop113 ]
  %v140 = phi <16 x float> [ %v101, %loop95 ], [ %v131, %loop113 ]
  %v141 = phi <16 x float> [ %v102, %loop95 ], [ %v135, %loop113 ]
  %v144 = icmp slt i64 %v112, %v110
  br i1 %v144, label %loop142, label %done143
loop142:
  %v145 = phi i64 [ %v112, %done114 ], [ %v150, %loop142 ]
  %v146 = phi <16 x float> [ %v138, %done114 ], [ %v149, %loop142 ]
  %v147 = getelementptr float, ptr %v108, i64 %v145
  %v148 = load <16 x float>, ptr %v147, align 4
  %v149 = fadd <16 x float> %v146, %v148
  %v150 = add i64 %v145, 16
  %v151 = icmp slt i64 %v150, %v110
  br i1 %v151, label %loop142, label %done143
done143:
  %v152 = phi <16 x float> [ %v138, %done114 ], [ %v149, %loop142 ]
  %v153 = sub i64 %v86, %v110
  %v154 = trunc i64 0 to i32
  %v155 = insertelement <16 x i32> poison, i32 %v154, i32 0
  %v156 = shufflevector <16 x i32> %v155, <16 x i32> poison, <16 x i32> zeroinitializer
  %v157 = icmp sge <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v156
  %v158 = trunc i64 %v153 to i32
  %v159 = insertelement <16 x i32> poison, i32 %v158, i32 0
  %v160 = shufflevector <16 x i32> %v159, <16 x i32> poison, <16 x i32> zeroinitializer
  %v161 = icmp slt <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v160
  %v162 = and <16 x i1> %v157, %v161
  %v163 = getelementptr float, ptr %v108, i64 %v110
  %v164 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v163, i32 4, <16 x i1> %v162, <16 x float> splat (float 0x0000000000000000))
  %v165 = fadd <16 x float> %v139, %v164
  %v166 = add i64 %v98, 1
  %v167 = icmp slt i64 %v166, %v82
  br i1 %v167, label %loop95, label %done96
done96:
  %v168 = phi <16 x float> [ %v91, %loop87 ], [ %v152, %done143 ]
  %v169 = phi <16 x float> [ %v92, %loop87 ], [ %v165, %done143 ]
  %v170 = phi <16 x float> [ %v93, %loop87 ], [ %v140, %done143 ]
  %v171 = phi <16 x float> [ %v94, %loop87 ], [ %v141, %done143 ]
  %v172 = add i64 %v90, 1
  %v173 = icmp slt i64 %v172, %v57
  br i1 %v173, label %loop87, label %done88
done88:
  %v174 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v168, %done96 ]
  %v175 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v169, %done96 ]
  %v176 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v170, %done96 ]
  %v177 = phi <16 x float> [ splat (float 0x0000000000000000), %loop43 ], [ %v171, %done96 ]
  %v178 = fadd <16 x float> %v174, %v175
  %v179 = fadd <16 x float> %v176, %v177
  %v180 = fadd <16 x float> %v178, %v179
  %v181 = shufflevector <16 x float> %v180, <16 x float> %v180, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v182 = shufflevector <16 x float> %v180, <16 x float> %v180, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v183 = fadd <8 x float> %v181, %v182
  %v184 = shufflevector <8 x float> %v183, <8 x float> %v183, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v185 = shufflevector <8 x float> %v183, <8 x float> %v183, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v186 = fadd <4 x float> %v184, %v185
  %v187 = shufflevector <4 x float> %v186, <4 x float> %v186, <2 x i32> <i32 0, i32 1>
  %v188 = shufflevector <4 x float> %v186, <4 x float> %v186, <2 x i32> <i32 2, i32 3>
  %v189 = fadd <2 x float> %v187, %v188
  %v190 = shufflevector <2 x float> %v189, <2 x float> %v189, <1 x i32> <i32 0>
  %v191 = shufflevector <2 x float> %v189, <2 x float> %v189, <1 x i32> <i32 1>
  %v192 = fadd <1 x float> %v190, %v191
  %v193 = extractelement <1 x float> %v192, i64 0
  %v194 = fdiv float %v193, %v80
  store float %v194, ptr %v74, align 4
  %v195 = add i64 %v46, 1
  %v196 = icmp slt i64 %v195, %v20
  br i1 %v196, label %loop43, label %done44
done44:
  %v197 = add i64 %v42, 1
  %v198 = icmp slt i64 %v197, %v18
  br i1 %v198, label %loop39, label %done40
done40:
  %v199 = add i64 %v38, 1
  %v200 = icmp slt i64 %v199, %v16
  br i1 %v200, label %loop35, label %done36
done36:
  %v201 = add i64 %v32, 1
  %v202 = icmp slt i64 %v201, %end
  br i1 %v202, label %loop29, label %done30
done30:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
