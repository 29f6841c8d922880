declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare void @llvm.masked.store.v16f32.p0(<16 x float>, ptr, i32, <16 x i1>)
declare void @llvm.masked.store.v32f32.p0(<32 x float>, ptr, i32, <32 x i1>)

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
  %v17 = getelementptr i8, ptr %v3, i64 24
  %v18 = load i64, ptr %v17, align 8
  %v21 = getelementptr i8, ptr %v3, i64 48
  %v22 = load i64, ptr %v21, align 8
  %v25 = load i64, ptr %v3, align 8
  br label %main
main:
  %v15 = icmp slt i64 %begin, %end
  br i1 %v15, label %loop13, label %done14
loop13:
  %v16 = phi i64 [ %begin, %main ], [ %v232, %done205 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v62, %end47 ]
  %v30 = phi <32 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v61, %end47 ]
  %v31 = sub i64 %v25, %v29
  %v32 = icmp sge i64 %v31, 32
  %v33 = mul i64 %v29, 4
  %v34 = getelementptr i8, ptr %v20, i64 %v33
  br i1 %v32, label %then35, label %else36, !prof !0
then35:
  %v38 = load <32 x float>, ptr %v34, align 1
  br label %end37
else36:
  %v39 = trunc i64 %v31 to i32
  %v40 = insertelement <32 x i32> poison, i32 %v39, i32 0
  %v41 = shufflevector <32 x i32> %v40, <32 x i32> poison, <32 x i32> zeroinitializer
  %v42 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v41
  %v43 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v34, i32 1, <32 x i1> %v42, <32 x float> zeroinitializer)
  br label %end37
end37:
  %v44 = phi <32 x float> [ %v38, %then35 ], [ %v43, %else36 ]
  br i1 %v32, label %then45, label %else46, !prof !0
then45:
  %v48 = fcmp ogt <32 x float> %v44, %v30
  %v49 = select <32 x i1> %v48, <32 x float> %v44, <32 x float> %v30
  %v50 = fcmp uno <32 x float> %v44, %v44
  %v51 = select <32 x i1> %v50, <32 x float> %v44, <32 x float> %v49
  br label %end47
else46:
  %v52 = trunc i64 %v31 to i32
  %v53 = insertelement <32 x i32> poison, i32 %v52, i32 0
  %v54 = shufflevector <32 x i32> %v53, <32 x i32> poison, <32 x i32> zeroinitializer
  %v55 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v54
  %v56 = select <32 x i1> %v55, <32 x float> %v44, <32 x float> splat (float 0xFFF0000000000000)
  %v57 = fcmp ogt <32 x float> %v56, %v30
  %v58 = select <32 x i1> %v57, <32 x float> %v56, <32 x float> %v30
  %v59 = fcmp uno <32 x float> %v56, %v56
  %v60 = select <32 x i1> %v59, <32 x float> %v56, <32 x float> %v58
  br label %end47
end47:
  %v61 = phi <32 x float> [ %v51, %then45 ], [ %v60, %else46 ]
  %v62 = add i64 %v29, 32
  %v63 = icmp slt i64 %v62, %v25
  br i1 %v63, label %loop26, label %done27
done27:
  %v64 = phi <32 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v61, %end47 ]
  %v65 = shufflevector <32 x float> %v64, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v66 = shufflevector <32 x float> %v64, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v67 = fcmp ogt <16 x float> %v66, %v65
  %v68 = select <16 x i1> %v67, <16 x float> %v66, <16 x float> %v65
  %v69 = fcmp uno <16 x float> %v66, %v66
  %v70 = select <16 x i1> %v69, <16 x float> %v66, <16 x float> %v68
  %v71 = shufflevector <16 x float> %v70, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v72 = shufflevector <16 x float> %v70, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v73 = fcmp ogt <8 x float> %v72, %v71
  %v74 = select <8 x i1> %v73, <8 x float> %v72, <8 x float> %v71
  %v75 = fcmp uno <8 x float> %v72, %v72
  %v76 = select <8 x i1> %v75, <8 x float> %v72, <8 x float> %v74
  %v77 = shufflevector <8 x float> %v76, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v78 = shufflevector <8 x float> %v76, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v79 = fcmp ogt <4 x float> %v78, %v77
  %v80 = select <4 x i1> %v79, <4 x float> %v78, <4 x float> %v77
  %v81 = fcmp uno <4 x float> %v78, %v78
  %v82 = select <4 x i1> %v81, <4 x float> %v78, <4 x float> %v80
  %v83 = shufflevector <4 x float> %v82, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v84 = shufflevector <4 x float> %v82, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v85 = fcmp ogt <2 x float> %v84, %v83
  %v86 = select <2 x i1> %v85, <2 x float> %v84, <2 x float> %v83
  %v87 = fcmp uno <2 x float> %v84, %v84
  %v88 = select <2 x i1> %v87, <2 x float> %v84, <2 x float> %v86
  %v89 = shufflevector <2 x float> %v88, <2 x float> poison, <1 x i32> <i32 0>
  %v90 = shufflevector <2 x float> %v88, <2 x float> poison, <1 x i32> <i32 1>
  %v91 = fcmp ogt <1 x float> %v90, %v89
  %v92 = select <1 x i1> %v91, <1 x float> %v90, <1 x float> %v89
  %v93 = fcmp uno <1 x float> %v90, %v90
  %v94 = select <1 x i1> %v93, <1 x float> %v90, <1 x float> %v92
  %v95 = fadd <1 x float> %v94, splat (float 0x0000000000000000)
  %v96 = shufflevector <1 x float> %v95, <1 x float> poison, <4 x i32> zeroinitializer
  %v97 = shufflevector <4 x float> %v96, <4 x float> poison, <16 x i32> zeroinitializer
  %v100 = icmp slt i64 0, %v25
  br i1 %v100, label %loop98, label %done99
loop98:
  %v101 = phi i64 [ 0, %done27 ], [ %v184, %done111 ]
  %v102 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v182, %done111 ]
  %v103 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v183, %done111 ]
  %v104 = sub i64 %v25, %v101
  %v105 = call i64 @llvm.smin.i64(i64 %v104, i64 1024)
  %v106 = mul i64 %v101, 4
  %v107 = getelementptr i8, ptr %v20, i64 %v106
  %v108 = mul i64 %v101, 4
  %v109 = getelementptr i8, ptr %v24, i64 %v108
  %v112 = icmp slt i64 0, %v105
  br i1 %v112, label %loop110, label %done111
loop110:
  %v113 = phi i64 [ 0, %loop98 ], [ %v173, %end163 ]
  %v114 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v171, %end163 ]
  %v115 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v172, %end163 ]
  %v116 = add i64 %v101, %v113
  %v117 = sub i64 %v105, %v113
  %v118 = icmp sge i64 %v117, 16
  %v119 = mul i64 %v113, 4
  %v120 = getelementptr i8, ptr %v107, i64 %v119
  %v121 = getelementptr i8, ptr %v109, i64 %v119
  br i1 %v118, label %then122, label %else123, !prof !0
then122:
  %v125 = load <16 x float>, ptr %v120, align 1
  br label %end124
else123:
  %v126 = trunc i64 %v117 to i32
  %v127 = insertelement <16 x i32> poison, i32 %v126, i32 0
  %v128 = shufflevector <16 x i32> %v127, <16 x i32> poison, <16 x i32> zeroinitializer
  %v129 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v128
  %v130 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v120, i32 1, <16 x i1> %v129, <16 x float> zeroinitializer)
  br label %end124
end124:
  %v131 = phi <16 x float> [ %v125, %then122 ], [ %v130, %else123 ]
  %v132 = fsub <16 x float> %v131, %v97
  %v133 = fcmp ogt <16 x float> %v132, splat (float 0x4056400000000000)
  %v134 = select <16 x i1> %v133, <16 x float> splat (float 0x4056400000000000), <16 x float> %v132
  %v135 = fcmp olt <16 x float> %v134, splat (float 0xC05A400000000000)
  %v136 = select <16 x i1> %v135, <16 x float> splat (float 0x0000000000000000), <16 x float> %v134
  %v137 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v136, <16 x float> splat (float 0x3FF7154760000000), <16 x float> splat (float 0x4168000000000000))
  %v138 = fsub <16 x float> %v137, splat (float 0x4168000000000000)
  %v139 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v138, <16 x float> splat (float 0xBFE6300000000000), <16 x float> %v136)
  %v140 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v138, <16 x float> splat (float 0x3F2BD01060000000), <16 x float> %v139)
  %v141 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F56D10FC0000000), <16 x float> %v140, <16 x float> splat (float 0x3F8120B620000000))
  %v142 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v141, <16 x float> %v140, <16 x float> splat (float 0x3FA55551A0000000))
  %v143 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v142, <16 x float> %v140, <16 x float> splat (float 0x3FC5554DE0000000))
  %v144 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v143, <16 x float> %v140, <16 x float> splat (float 0x3FE0000000000000))
  %v145 = bitcast <16 x float> %v137 to <16 x i32>
  %v146 = sub <16 x i32> %v145, splat (i32 1262485504)
  %v147 = fmul <16 x float> %v140, %v140
  %v148 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v147, <16 x float> %v144, <16 x float> %v140)
  %v149 = fadd <16 x float> %v148, splat (float 0x3FF0000000000000)
  %v150 = ashr <16 x i32> %v146, splat (i32 1)
  %v151 = sub <16 x i32> %v146, %v150
  %v152 = bitcast <16 x float> %v149 to <16 x i32>
  %v153 = shl <16 x i32> %v150, splat (i32 23)
  %v154 = add <16 x i32> %v152, %v153
  %v155 = bitcast <16 x i32> %v154 to <16 x float>
  %v156 = add <16 x i32> %v151, splat (i32 127)
  %v157 = shl <16 x i32> %v156, splat (i32 23)
  %v158 = bitcast <16 x i32> %v157 to <16 x float>
  %v159 = fmul <16 x float> %v155, %v158
  %v160 = select <16 x i1> %v135, <16 x float> splat (float 0x0000000000000000), <16 x float> %v159
  br i1 %v118, label %then161, label %else162, !prof !0
then161:
  store <16 x float> %v160, ptr %v121, align 1
  %v164 = fadd <16 x float> %v114, %v160
  br label %end163
else162:
  %v165 = trunc i64 %v117 to i32
  %v166 = insertelement <16 x i32> poison, i32 %v165, i32 0
  %v167 = shufflevector <16 x i32> %v166, <16 x i32> poison, <16 x i32> zeroinitializer
  %v168 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v167
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v160, ptr %v121, i32 1, <16 x i1> %v168)
  %v169 = fadd <16 x float> %v114, %v160
  %v170 = select <16 x i1> %v168, <16 x float> %v169, <16 x float> %v114
  br label %end163
end163:
  %v171 = phi <16 x float> [ %v115, %then161 ], [ %v115, %else162 ]
  %v172 = phi <16 x float> [ %v164, %then161 ], [ %v170, %else162 ]
  %v173 = add i64 %v113, 16
  %v174 = icmp slt i64 %v173, %v105
  br i1 %v174, label %loop110, label %done111
done111:
  %v175 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v171, %end163 ]
  %v176 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v172, %end163 ]
  %v177 = add i64 %v105, 15
  %v178 = lshr i64 %v177, 4
  %v179 = trunc i64 %v178 to i1
  %v180 = select i1 %v179, <16 x float> %v176, <16 x float> %v175
  %v181 = select i1 %v179, <16 x float> %v175, <16 x float> %v176
  %v182 = fadd <16 x float> %v102, %v180
  %v183 = fadd <16 x float> %v103, %v181
  %v184 = add i64 %v101, 1024
  %v185 = icmp slt i64 %v184, %v25
  br i1 %v185, label %loop98, label %done99
done99:
  %v186 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v182, %done111 ]
  %v187 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v183, %done111 ]
  %v188 = fadd <16 x float> %v186, %v187
  %v189 = shufflevector <16 x float> %v188, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v190 = shufflevector <16 x float> %v188, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v191 = fadd <8 x float> %v189, %v190
  %v192 = shufflevector <8 x float> %v191, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v193 = shufflevector <8 x float> %v191, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v194 = fadd <4 x float> %v192, %v193
  %v195 = shufflevector <4 x float> %v194, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v196 = shufflevector <4 x float> %v194, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v197 = fadd <2 x float> %v195, %v196
  %v198 = shufflevector <2 x float> %v197, <2 x float> poison, <1 x i32> <i32 0>
  %v199 = shufflevector <2 x float> %v197, <2 x float> poison, <1 x i32> <i32 1>
  %v200 = fadd <1 x float> %v198, %v199
  %v201 = fadd <1 x float> %v200, splat (float 0x0000000000000000)
  %v202 = shufflevector <1 x float> %v201, <1 x float> poison, <4 x i32> zeroinitializer
  %v203 = shufflevector <4 x float> %v202, <4 x float> poison, <32 x i32> zeroinitializer
  %v206 = icmp slt i64 0, %v25
  br i1 %v206, label %loop204, label %done205
loop204:
  %v207 = phi i64 [ 0, %done99 ], [ %v230, %end225 ]
  %v208 = sub i64 %v25, %v207
  %v209 = icmp sge i64 %v208, 32
  %v210 = mul i64 %v207, 4
  %v211 = getelementptr i8, ptr %v24, i64 %v210
  br i1 %v209, label %then212, label %else213, !prof !0
then212:
  %v215 = load <32 x float>, ptr %v211, align 1
  br label %end214
else213:
  %v216 = trunc i64 %v208 to i32
  %v217 = insertelement <32 x i32> poison, i32 %v216, i32 0
  %v218 = shufflevector <32 x i32> %v217, <32 x i32> poison, <32 x i32> zeroinitializer
  %v219 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v218
  %v220 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v211, i32 1, <32 x i1> %v219, <32 x float> zeroinitializer)
  br label %end214
end214:
  %v221 = phi <32 x float> [ %v215, %then212 ], [ %v220, %else213 ]
  %v222 = fdiv <32 x float> %v221, %v203
  br i1 %v209, label %then223, label %else224, !prof !0
then223:
  store <32 x float> %v222, ptr %v211, align 1
  br label %end225
else224:
  %v226 = trunc i64 %v208 to i32
  %v227 = insertelement <32 x i32> poison, i32 %v226, i32 0
  %v228 = shufflevector <32 x i32> %v227, <32 x i32> poison, <32 x i32> zeroinitializer
  %v229 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v228
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v222, ptr %v211, i32 1, <32 x i1> %v229)
  br label %end225
end225:
  %v230 = add i64 %v207, 32
  %v231 = icmp slt i64 %v230, %v25
  br i1 %v231, label %loop204, label %done205
done205:
  %v232 = add i64 %v16, 1
  %v233 = icmp slt i64 %v232, %end
  br i1 %v233, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
