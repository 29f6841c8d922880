declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare float @llvm.fma.f32(float, float, float)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
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
  %v22 = getelementptr i8, ptr %v6, i64 40
  %v23 = load i64, ptr %v22, align 8
  %v24 = getelementptr i8, ptr %v6, i64 48
  %v25 = load i64, ptr %v24, align 8
  %v26 = getelementptr i8, ptr %v6, i64 56
  %v27 = load i64, ptr %v26, align 8
  %v28 = getelementptr i8, ptr %v6, i64 64
  %v29 = load i64, ptr %v28, align 8
  %v30 = getelementptr i8, ptr %v6, i64 72
  %v31 = load i64, ptr %v30, align 8
  %v32 = getelementptr i8, ptr %v6, i64 80
  %v33 = load i64, ptr %v32, align 8
  %v34 = getelementptr i8, ptr %v6, i64 88
  %v35 = load i64, ptr %v34, align 8
  %v36 = getelementptr i8, ptr %v6, i64 96
  %v37 = load i64, ptr %v36, align 8
  %v38 = getelementptr i8, ptr %v6, i64 104
  %v39 = load i64, ptr %v38, align 8
  %v40 = getelementptr i8, ptr %v6, i64 112
  %v41 = load i64, ptr %v40, align 8
  %v42 = getelementptr i8, ptr %v6, i64 120
  %v43 = load i64, ptr %v42, align 8
  %v44 = getelementptr i8, ptr %v6, i64 128
  %v45 = load i64, ptr %v44, align 8
  %v46 = getelementptr i8, ptr %v6, i64 136
  %v47 = load i64, ptr %v46, align 8
  %v48 = load ptr, ptr %v4, align 8
  %v49 = getelementptr i8, ptr %v4, i64 8
  %v50 = load ptr, ptr %v49, align 8
  %v51 = getelementptr i8, ptr %v4, i64 16
  %v52 = load ptr, ptr %v51, align 8
  %v53 = getelementptr i8, ptr %v4, i64 24
  %v54 = load ptr, ptr %v53, align 8
  %v55 = getelementptr i8, ptr %v4, i64 32
  %v56 = load ptr, ptr %v55, align 8
  %v57 = load double, ptr %v8, align 8
  %v58 = fptrunc double %v57 to float
  %v59 = fmul float %v58, 0x3FF7154760000000
  %v60 = mul i64 %v21, 4
  %v61 = getelementptr i8, ptr %v10, i64 %v60
  %v62 = getelementptr i8, ptr %v61, i64 256
  %v65 = icmp slt i64 %begin, %end
  br i1 %v65, label %loop63, label %done64
loop63:
  %v66 = phi i64 [ %begin, %work2 ], [ %v589, %done570 ]
  %v67 = urem i64 %v66, %v17
  %v68 = udiv i64 %v66, %v17
  %v69 = udiv i64 %v68, %v13
  %v70 = urem i64 %v68, %v13
  %v71 = udiv i64 %v70, %v15
  %v72 = mul i64 %v69, %v25
  %v73 = mul i64 %v70, %v27
  %v74 = add i64 %v72, %v73
  %v75 = getelementptr i8, ptr %v48, i64 %v74
  %v76 = mul i64 %v67, %v29
  %v77 = getelementptr i8, ptr %v75, i64 %v76
  %v78 = mul i64 %v69, %v33
  %v79 = mul i64 %v71, %v35
  %v80 = add i64 %v78, %v79
  %v81 = getelementptr i8, ptr %v50, i64 %v80
  %v82 = mul i64 %v69, %v41
  %v83 = mul i64 %v71, %v43
  %v84 = add i64 %v82, %v83
  %v85 = getelementptr i8, ptr %v52, i64 %v84
  %v88 = icmp slt i64 0, %v21
  br i1 %v88, label %loop86, label %done87
loop86:
  %v89 = phi i64 [ 0, %loop63 ], [ %v96, %loop86 ]
  %v90 = mul i64 %v89, %v31
  %v91 = getelementptr i8, ptr %v77, i64 %v90
  %v92 = load float, ptr %v91, align 4
  %v93 = fmul float %v92, %v59
  %v94 = mul i64 %v89, 4
  %v95 = getelementptr i8, ptr %v10, i64 %v94
  store float %v93, ptr %v95, align 4
  %v96 = add i64 %v89, 1
  %v97 = icmp slt i64 %v96, %v21
  br i1 %v97, label %loop86, label %done87
done87:
  %v100 = icmp slt i64 0, %v23
  br i1 %v100, label %loop98, label %done99
loop98:
  %v101 = phi i64 [ 0, %done87 ], [ %v104, %loop98 ]
  %v102 = mul i64 %v101, 4
  %v103 = getelementptr i8, ptr %v62, i64 %v102
  store float 0x0000000000000000, ptr %v103, align 4
  %v104 = add i64 %v101, 1
  %v105 = icmp slt i64 %v104, %v23
  br i1 %v105, label %loop98, label %done99
done99:
  %v106 = add i64 %v67, 1
  %v107 = call i64 @llvm.smin.i64(i64 %v19, i64 %v106)
  %v110 = icmp slt i64 0, %v107
  br i1 %v110, label %loop108, label %done109
loop108:
  %v111 = phi i64 [ 0, %done99 ], [ %v544, %done518 ]
  %v112 = phi float [ 0xFFF0000000000000, %done99 ], [ %v362, %done518 ]
  %v113 = phi <16 x float> [ splat (float 0x0000000000000000), %done99 ], [ %v415, %done518 ]
  %v114 = sub i64 %v107, %v111
  %v115 = call i64 @llvm.smin.i64(i64 64, i64 %v114)
  %v118 = icmp slt i64 0, 64
  br i1 %v118, label %loop116, label %done117
loop116:
  %v119 = phi i64 [ 0, %loop108 ], [ %v124, %loop116 ]
  %v120 = insertelement <16 x float> poison, float 0xFFF0000000000000, i32 0
  %v121 = shufflevector <16 x float> %v120, <16 x float> poison, <16 x i32> zeroinitializer
  %v122 = mul i64 %v119, 4
  %v123 = getelementptr i8, ptr %v61, i64 %v122
  store <16 x float> %v121, ptr %v123, align 4
  %v124 = add i64 %v119, 16
  %v125 = icmp slt i64 %v124, 64
  br i1 %v125, label %loop116, label %done117
done117:
  %v126 = mul i64 %v111, %v37
  %v127 = getelementptr i8, ptr %v81, i64 %v126
  %v128 = urem i64 %v21, 16
  %v129 = sub i64 %v21, %v128
  %v130 = urem i64 %v115, 4
  %v131 = sub i64 %v115, %v130
  %v134 = icmp slt i64 0, %v131
  br i1 %v134, label %loop132, label %done133
loop132:
  %v135 = phi i64 [ 0, %done117 ], [ %v276, %done233 ]
  %v136 = mul i64 %v135, %v37
  %v137 = getelementptr i8, ptr %v127, i64 %v136
  %v138 = add i64 %v135, 1
  %v139 = mul i64 %v138, %v37
  %v140 = getelementptr i8, ptr %v127, i64 %v139
  %v141 = add i64 %v135, 2
  %v142 = mul i64 %v141, %v37
  %v143 = getelementptr i8, ptr %v127, i64 %v142
  %v144 = add i64 %v135, 3
  %v145 = mul i64 %v144, %v37
  %v146 = getelementptr i8, ptr %v127, i64 %v145
  %v149 = icmp slt i64 0, %v129
  br i1 %v149, label %loop147, label %done148
loop147:
  %v150 = phi i64 [ 0, %loop132 ], [ %v174, %loop147 ]
  %v151 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v161, %loop147 ]
  %v152 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v165, %loop147 ]
  %v153 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v169, %loop147 ]
  %v154 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v173, %loop147 ]
  %v155 = mul i64 %v150, 4
  %v156 = getelementptr i8, ptr %v10, i64 %v155
  %v157 = load <16 x float>, ptr %v156, align 4
  %v158 = mul i64 %v150, 4
  %v159 = getelementptr i8, ptr %v137, i64 %v158
  %v160 = load <16 x float>, ptr %v159, align 4
  %v161 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v160, <16 x float> %v157, <16 x float> %v151)
  %v162 = mul i64 %v150, 4
  %v163 = getelementptr i8, ptr %v140, i64 %v162
  %v164 = load <16 x float>, ptr %v163, align 4
  %v165 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v164, <16 x float> %v157, <16 x float> %v152)
  %v166 = mul i64 %v150, 4
  %v167 = getelementptr i8, ptr %v143, i64 %v166
  %v168 = load <16 x float>, ptr %v167, align 4
  %v169 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v168, <16 x float> %v157, <16 x float> %v153)
  %v170 = mul i64 %v150, 4
  %v171 = getelementptr i8, ptr %v146, i64 %v170
  %v172 = load <16 x float>, ptr %v171, align 4
  %v173 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v172, <16 x float> %v157, <16 x float> %v154)
  %v174 = add i64 %v150, 16
  %v175 = icmp slt i64 %v174, %v129
  br i1 %v175, label %loop147, label %done148
done148:
  %v176 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v161, %loop147 ]
  %v177 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v165, %loop147 ]
  %v178 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v169, %loop147 ]
  %v179 = phi <16 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v173, %loop147 ]
  %v180 = shufflevector <16 x float> %v176, <16 x float> %v176, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v181 = shufflevector <16 x float> %v176, <16 x float> %v176, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v182 = fadd <8 x float> %v180, %v181
  %v183 = shufflevector <8 x float> %v182, <8 x float> %v182, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v184 = shufflevector <8 x float> %v182, <8 x float> %v182, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v185 = fadd <4 x float> %v183, %v184
  %v186 = shufflevector <4 x float> %v185, <4 x float> %v185, <2 x i32> <i32 0, i32 1>
  %v187 = shufflevector <4 x float> %v185, <4 x float> %v185, <2 x i32> <i32 2, i32 3>
  %v188 = fadd <2 x float> %v186, %v187
  %v189 = shufflevector <2 x float> %v188, <2 x float> %v188, <1 x i32> <i32 0>
  %v190 = shufflevector <2 x float> %v188, <2 x float> %v188, <1 x i32> <i32 1>
  %v191 = fadd <1 x float> %v189, %v190
  %v192 = extractelement <1 x float> %v191, i64 0
  %v193 = shufflevector <16 x float> %v177, <16 x float> %v177, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v194 = shufflevector <16 x float> %v177, <16 x float> %v177, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v195 = fadd <8 x float> %v193, %v194
  %v196 = shufflevector <8 x float> %v195, <8 x float> %v195, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v197 = shufflevector <8 x float> %v195, <8 x float> %v195, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v198 = fadd <4 x float> %v196, %v197
  %v199 = shufflevector <4 x float> %v198, <4 x float> %v198, <2 x i32> <i32 0, i32 1>
  %v200 = shufflevector <4 x float> %v198, <4 x float> %v198, <2 x i32> <i32 2, i32 3>
  %v201 = fadd <2 x float> %v199, %v200
  %v202 = shufflevector <2 x float> %v201, <2 x float> %v201, <1 x i32> <i32 0>
  %v203 = shufflevector <2 x float> %v201, <2 x float> %v201, <1 x i32> <i32 1>
  %v204 = fadd <1 x float> %v202, %v203
  %v205 = extractelement <1 x float> %v204, i64 0
  %v206 = shufflevector <16 x float> %v178, <16 x float> %v178, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v207 = shufflevector <16 x float> %v178, <16 x float> %v178, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v208 = fadd <8 x float> %v206, %v207
  %v209 = shufflevector <8 x float> %v208, <8 x float> %v208, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v210 = shufflevector <8 x float> %v208, <8 x float> %v208, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v211 = fadd <4 x float> %v209, %v210
  %v212 = shufflevector <4 x float> %v211, <4 x float> %v211, <2 x i32> <i32 0, i32 1>
  %v213 = shufflevector <4 x float> %v211, <4 x float> %v211, <2 x i32> <i32 2, i32 3>
  %v214 = fadd <2 x float> %v212, %v213
  %v215 = shufflevector <2 x float> %v214, <2 x float> %v214, <1 x i32> <i32 0>
  %v216 = shufflevector <2 x float> %v214, <2 x float> %v214, <1 x i32> <i32 1>
  %v217 = fadd <1 x float> %v215, %v216
  %v218 = extractelement <1 x float> %v217, i64 0
  %v219 = shufflevector <16 x float> %v179, <16 x float> %v179, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v220 = shufflevector <16 x float> %v179, <16 x float> %v179, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v221 = fadd <8 x float> %v219, %v220
  %v222 = shufflevector <8 x float> %v221, <8 x float> %v221, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v223 = shufflevector <8 x float> %v221, <8 x float> %v221, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v224 = fadd <4 x float> %v222, %v223
  %v225 = shufflevector <4 x float> %v224, <4 x float> %v224, <2 x i32> <i32 0, i32 1>
  %v226 = shufflevector <4 x float> %v224, <4 x float> %v224, <2 x i32> <i32 2, i32 3>
  %v227 = fadd <2 x float> %v225, %v226
  %v228 = shufflevector <2 x float> %v227, <2 x float> %v227, <1 x i32> <i32 0>
  %v229 = shufflevector <2 x float> %v227, <2 x float> %v227, <1 x i32> <i32 1>
  %v230 = fadd <1 x float> %v228, %v229
  %v231 = extractelement <1 x float> %v230, i64 0
  %v234 = icmp slt i64 %v129, %v21
  br i1 %v234, label %loop232, label %done233
loop232:
  %v235 = phi i64 [ %v129, %done148 ], [ %v259, %loop232 ]
  %v236 = phi float [ %v192, %done148 ], [ %v246, %loop232 ]
  %v237 = phi float [ %v205, %done148 ], [ %v250, %loop232 ]
  %v238 = phi float [ %v218, %done148 ], [ %v254, %loop232 ]
  %v239 = phi float [ %v231, %done148 ], [ %v258, %loop232 ]
  %v240 = mul i64 %v235, 4
  %v241 = getelementptr i8, ptr %v10, i64 %v240
  %v242 = load float, ptr %v241, align 4
  %v243 = mul i64 %v235, 4
  %v244 = getelementptr i8, ptr %v137, i64 %v243
  %v245 = load float, ptr %v244, align 4
  %v246 = call float @llvm.fma.f32(float %v245, float %v242, float %v236)
  %v247 = mul i64 %v235, 4
  %v248 = getelementptr i8, ptr %v140, i64 %v247
  %v249 = load float, ptr %v248, align 4
  %v250 = call float @llvm.fma.f32(float %v249, float %v242, float %v237)
  %v251 = mul i64 %v235, 4
  %v252 = getelementptr i8, ptr %v143, i64 %v251
  %v253 = load float, ptr %v252, align 4
  %v254 = call float @llvm.fma.f32(float %v253, float %v242, float %v238)
  %v255 = mul i64 %v235, 4
  %v256 = getelementptr i8, ptr %v146, i64 %v255
  %v257 = load float, ptr %v256, align 4
  %v258 = call float @llvm.fma.f32(float %v257, float %v242, float %v239)
  %v259 = add i64 %v235, 1
  %v260 = icmp slt i64 %v259, %v21
  br i1 %v260, label %loop232, label %done233
done233:
  %v261 = phi float [ %v192, %done148 ], [ %v246, %loop232 ]
  %v262 = phi float [ %v205, %done148 ], [ %v250, %loop232 ]
  %v263 = phi float [ %v218, %done148 ], [ %v254, %loop232 ]
  %v264 = phi float [ %v231, %done148 ], [ %v258, %loop232 ]
  %v265 = mul i64 %v135, 4
  %v266 = getelementptr i8, ptr %v61, i64 %v265
  store float %v261, ptr %v266, align 4
  %v267 = add i64 %v135, 1
  %v268 = mul i64 %v267, 4
  %v269 = getelementptr i8, ptr %v61, i64 %v268
  store float %v262, ptr %v269, align 4
  %v270 = add i64 %v135, 2
  %v271 = mul i64 %v270, 4
  %v272 = getelementptr i8, ptr %v61, i64 %v271
  store float %v263, ptr %v272, align 4
  %v273 = add i64 %v135, 3
  %v274 = mul i64 %v273, 4
  %v275 = getelementptr i8, ptr %v61, i64 %v274
  store float %v264, ptr %v275, align 4
  %v276 = add i64 %v135, 4
  %v277 = icmp slt i64 %v276, %v131
  br i1 %v277, label %loop132, label %done133
done133:
  %v280 = icmp slt i64 %v131, %v115
  br i1 %v280, label %loop278, label %done279
loop278:
  %v281 = phi i64 [ %v131, %done133 ], [ %v329, %done313 ]
  %v282 = mul i64 %v281, %v37
  %v283 = getelementptr i8, ptr %v127, i64 %v282
  %v286 = icmp slt i64 0, %v129
  br i1 %v286, label %loop284, label %done285
loop284:
  %v287 = phi i64 [ 0, %loop278 ], [ %v296, %loop284 ]
  %v288 = phi <16 x float> [ splat (float 0x0000000000000000), %loop278 ], [ %v295, %loop284 ]
  %v289 = mul i64 %v287, 4
  %v290 = getelementptr i8, ptr %v10, i64 %v289
  %v291 = load <16 x float>, ptr %v290, align 4
  %v292 = mul i64 %v287, 4
  %v293 = getelementptr i8, ptr %v283, i64 %v292
  %v294 = load <16 x float>, ptr %v293, align 4
  %v295 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v294, <16 x float> %v291, <16 x float> %v288)
  %v296 = add i64 %v287, 16
  %v297 = icmp slt i64 %v296, %v129
  br i1 %v297, label %loop284, label %done285
done285:
  %v298 = phi <16 x float> [ splat (float 0x0000000000000000), %loop278 ], [ %v295, %loop284 ]
  %v299 = shufflevector <16 x float> %v298, <16 x float> %v298, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v300 = shufflevector <16 x float> %v298, <16 x float> %v298, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v301 = fadd <8 x float> %v299, %v300
  %v302 = shufflevector <8 x float> %v301, <8 x float> %v301, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v303 = shufflevector <8 x float> %v301, <8 x float> %v301, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v304 = fadd <4 x float> %v302, %v303
  %v305 = shufflevector <4 x float> %v304, <4 x float> %v304, <2 x i32> <i32 0, i32 1>
  %v306 = shufflevector <4 x float> %v304, <4 x float> %v304, <2 x i32> <i32 2, i32 3>
  %v307 = fadd <2 x float> %v305, %v306
  %v308 = shufflevector <2 x float> %v307, <2 x float> %v307, <1 x i32> <i32 0>
  %v309 = shufflevector <2 x float> %v307, <2 x float> %v307, <1 x i32> <i32 1>
  %v310 = fadd <1 x float> %v308, %v309
  %v311 = extractelement <1 x float> %v310, i64 0
  %v314 = icmp slt i64 %v129, %v21
  br i1 %v314, label %loop312, label %done313
loop312:
  %v315 = phi i64 [ %v129, %done285 ], [ %v324, %loop312 ]
  %v316 = phi float [ %v311, %done285 ], [ %v323, %loop312 ]
  %v317 = mul i64 %v315, 4
  %v318 = getelementptr i8, ptr %v10, i64 %v317
  %v319 = load float, ptr %v318, align 4
  %v320 = mul i64 %v315, 4
  %v321 = getelementptr i8, ptr %v283, i64 %v320
  %v322 = load float, ptr %v321, align 4
  %v323 = call float @llvm.fma.f32(float %v322, float %v319, float %v316)
  %v324 = add i64 %v315, 1
  %v325 = icmp slt i64 %v324, %v21
  br i1 %v325, label %loop312, label %done313
done313:
  %v326 = phi float [ %v311, %done285 ], [ %v323, %loop312 ]
  %v327 = mul i64 %v281, 4
  %v328 = getelementptr i8, ptr %v61, i64 %v327
  store float %v326, ptr %v328, align 4
  %v329 = add i64 %v281, 1
  %v330 = icmp slt i64 %v329, %v115
  br i1 %v330, label %loop278, label %done279
done279:
  %v331 = insertelement <16 x float> poison, float %v112, i32 0
  %v332 = shufflevector <16 x float> %v331, <16 x float> poison, <16 x i32> zeroinitializer
  %v335 = icmp slt i64 0, 64
  br i1 %v335, label %loop333, label %done334
loop333:
  %v336 = phi i64 [ 0, %done279 ], [ %v343, %loop333 ]
  %v337 = phi <16 x float> [ %v332, %done279 ], [ %v342, %loop333 ]
  %v338 = mul i64 %v336, 4
  %v339 = getelementptr i8, ptr %v61, i64 %v338
  %v340 = load <16 x float>, ptr %v339, align 4
  %v341 = fcmp ogt <16 x float> %v340, %v337
  %v342 = select <16 x i1> %v341, <16 x float> %v340, <16 x float> %v337
  %v343 = add i64 %v336, 16
  %v344 = icmp slt i64 %v343, 64
  br i1 %v344, label %loop333, label %done334
done334:
  %v345 = phi <16 x float> [ %v332, %done279 ], [ %v342, %loop333 ]
  %v346 = shufflevector <16 x float> %v345, <16 x float> %v345, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v347 = shufflevector <16 x float> %v345, <16 x float> %v345, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v348 = fcmp ogt <8 x float> %v346, %v347
  %v349 = select <8 x i1> %v348, <8 x float> %v346, <8 x float> %v347
  %v350 = shufflevector <8 x float> %v349, <8 x float> %v349, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v351 = shufflevector <8 x float> %v349, <8 x float> %v349, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v352 = fcmp ogt <4 x float> %v350, %v351
  %v353 = select <4 x i1> %v352, <4 x float> %v350, <4 x float> %v351
  %v354 = shufflevector <4 x float> %v353, <4 x float> %v353, <2 x i32> <i32 0, i32 1>
  %v355 = shufflevector <4 x float> %v353, <4 x float> %v353, <2 x i32> <i32 2, i32 3>
  %v356 = fcmp ogt <2 x float> %v354, %v355
  %v357 = select <2 x i1> %v356, <2 x float> %v354, <2 x float> %v355
  %v358 = shufflevector <2 x float> %v357, <2 x float> %v357, <1 x i32> <i32 0>
  %v359 = shufflevector <2 x float> %v357, <2 x float> %v357, <1 x i32> <i32 1>
  %v360 = fcmp ogt <1 x float> %v358, %v359
  %v361 = select <1 x i1> %v360, <1 x float> %v358, <1 x float> %v359
  %v362 = extractelement <1 x float> %v361, i64 0
  %v363 = fcmp oeq float %v362, 0xFFF0000000000000
  %v364 = select i1 %v363, float 0x0000000000000000, float %v362
  %v365 = fsub float %v112, %v364
  %v366 = fcmp olt float %v365, 0xC05FC00000000000
  %v367 = select i1 %v366, float 0xC05FC00000000000, float %v365
  %v368 = fadd float %v367, 0x4168000FE0000000
  %v369 = fsub float %v368, 0x4168000FE0000000
  %v370 = fsub float %v367, %v369
  %v371 = call float @llvm.fma.f32(float 0x3F244138A0000000, float %v370, float 0x3F55F08900000000)
  %v372 = call float @llvm.fma.f32(float %v371, float %v370, float 0x3F83B2A540000000)
  %v373 = call float @llvm.fma.f32(float %v372, float %v370, float 0x3FAC6AF6C0000000)
  %v374 = call float @llvm.fma.f32(float %v373, float %v370, float 0x3FCEBFBE00000000)
  %v375 = call float @llvm.fma.f32(float %v374, float %v370, float 0x3FE62E4300000000)
  %v376 = call float @llvm.fma.f32(float %v375, float %v370, float 0x3FF0000000000000)
  %v377 = bitcast float %v368 to i32
  %v378 = shl i32 %v377, 23
  %v379 = bitcast i32 %v378 to float
  %v380 = fmul float %v376, %v379
  %v381 = insertelement <16 x float> poison, float %v364, i32 0
  %v382 = shufflevector <16 x float> %v381, <16 x float> poison, <16 x i32> zeroinitializer
  %v383 = insertelement <16 x float> poison, float %v380, i32 0
  %v384 = shufflevector <16 x float> %v383, <16 x float> poison, <16 x i32> zeroinitializer
  %v385 = fmul <16 x float> %v113, %v384
  %v388 = icmp slt i64 0, 64
  br i1 %v388, label %loop386, label %done387
loop386:
  %v389 = phi i64 [ 0, %done334 ], [ %v413, %loop386 ]
  %v390 = phi <16 x float> [ %v385, %done334 ], [ %v412, %loop386 ]
  %v391 = mul i64 %v389, 4
  %v392 = getelementptr i8, ptr %v61, i64 %v391
  %v393 = load <16 x float>, ptr %v392, align 4
  %v394 = fsub <16 x float> %v393, %v382
  %v395 = fcmp olt <16 x float> %v394, splat (float 0xC05FC00000000000)
  %v396 = select <16 x i1> %v395, <16 x float> splat (float 0xC05FC00000000000), <16 x float> %v394
  %v397 = fadd <16 x float> %v396, splat (float 0x4168000FE0000000)
  %v398 = fsub <16 x float> %v397, splat (float 0x4168000FE0000000)
  %v399 = fsub <16 x float> %v396, %v398
  %v400 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F244138A0000000), <16 x float> %v399, <16 x float> splat (float 0x3F55F08900000000))
  %v401 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v400, <16 x float> %v399, <16 x float> splat (float 0x3F83B2A540000000))
  %v402 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v401, <16 x float> %v399, <16 x float> splat (float 0x3FAC6AF6C0000000))
  %v403 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v402, <16 x float> %v399, <16 x float> splat (float 0x3FCEBFBE00000000))
  %v404 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v403, <16 x float> %v399, <16 x float> splat (float 0x3FE62E4300000000))
  %v405 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v404, <16 x float> %v399, <16 x float> splat (float 0x3FF0000000000000))
  %v406 = bitcast <16 x float> %v397 to <16 x i32>
  %v407 = shl <16 x i32> %v406, splat (i32 23)
  %v408 = bitcast <16 x i32> %v407 to <16 x float>
  %v409 = fmul <16 x float> %v405, %v408
  %v410 = mul i64 %v389, 4
  %v411 = getelementptr i8, ptr %v61, i64 %v410
  store <16 x float> %v409, ptr %v411, align 4
  %v412 = fadd <16 x float> %v390, %v409
  %v413 = add i64 %v389, 16
  %v414 = icmp slt i64 %v413, 64
  br i1 %v414, label %loop386, label %done387
done387:
  %v415 = phi <16 x float> [ %v385, %done334 ], [ %v412, %loop386 ]
  %v416 = mul i64 %v111, %v45
  %v417 = getelementptr i8, ptr %v85, i64 %v416
  %v418 = urem i64 %v23, 64
  %v419 = sub i64 %v23, %v418
  %v420 = urem i64 %v23, 16
  %v421 = sub i64 %v23, %v420
  %v424 = icmp slt i64 0, %v419
  br i1 %v424, label %loop422, label %done423
loop422:
  %v425 = phi i64 [ 0, %done387 ], [ %v484, %done450 ]
  %v426 = mul i64 %v425, 4
  %v427 = getelementptr i8, ptr %v62, i64 %v426
  %v428 = mul i64 %v425, 4
  %v429 = getelementptr i8, ptr %v417, i64 %v428
  %v430 = load <16 x float>, ptr %v427, align 4
  %v431 = insertelement <16 x float> poison, float %v380, i32 0
  %v432 = shufflevector <16 x float> %v431, <16 x float> poison, <16 x i32> zeroinitializer
  %v433 = fmul <16 x float> %v430, %v432
  %v434 = getelementptr i8, ptr %v427, i64 64
  %v435 = load <16 x float>, ptr %v434, align 4
  %v436 = insertelement <16 x float> poison, float %v380, i32 0
  %v437 = shufflevector <16 x float> %v436, <16 x float> poison, <16 x i32> zeroinitializer
  %v438 = fmul <16 x float> %v435, %v437
  %v439 = getelementptr i8, ptr %v427, i64 128
  %v440 = load <16 x float>, ptr %v439, align 4
  %v441 = insertelement <16 x float> poison, float %v380, i32 0
  %v442 = shufflevector <16 x float> %v441, <16 x float> poison, <16 x i32> zeroinitializer
  %v443 = fmul <16 x float> %v440, %v442
  %v444 = getelementptr i8, ptr %v427, i64 192
  %v445 = load <16 x float>, ptr %v444, align 4
  %v446 = insertelement <16 x float> poison, float %v380, i32 0
  %v447 = shufflevector <16 x float> %v446, <16 x float> poison, <16 x i32> zeroinitializer
  %v448 = fmul <16 x float> %v445, %v447
  %v451 = icmp slt i64 0, %v115
  br i1 %v451, label %loop449, label %done450
loop449:
  %v452 = phi i64 [ 0, %loop422 ], [ %v475, %loop449 ]
  %v453 = phi <16 x float> [ %v433, %loop422 ], [ %v465, %loop449 ]
  %v454 = phi <16 x float> [ %v438, %loop422 ], [ %v468, %loop449 ]
  %v455 = phi <16 x float> [ %v443, %loop422 ], [ %v471, %loop449 ]
  %v456 = phi <16 x float> [ %v448, %loop422 ], [ %v474, %loop449 ]
  %v457 = mul i64 %v452, 4
  %v458 = getelementptr i8, ptr %v61, i64 %v457
  %v459 = load float, ptr %v458, align 4
  %v460 = insertelement <16 x float> poison, float %v459, i32 0
  %v461 = shufflevector <16 x float> %v460, <16 x float> poison, <16 x i32> zeroinitializer
  %v462 = mul i64 %v452, %v45
  %v463 = getelementptr i8, ptr %v429, i64 %v462
  %v464 = load <16 x float>, ptr %v463, align 4
  %v465 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v461, <16 x float> %v464, <16 x float> %v453)
  %v466 = getelementptr i8, ptr %v463, i64 64
  %v467 = load <16 x float>, ptr %v466, align 4
  %v468 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v461, <16 x float> %v467, <16 x float> %v454)
  %v469 = getelementptr i8, ptr %v463, i64 128
  %v470 = load <16 x float>, ptr %v469, align 4
  %v471 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v461, <16 x float> %v470, <16 x float> %v455)
  %v472 = getelementptr i8, ptr %v463, i64 192
  %v473 = load <16 x float>, ptr %v472, align 4
  %v474 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v461, <16 x float> %v473, <16 x float> %v456)
  %v475 = add i64 %v452, 1
  %v476 = icmp slt i64 %v475, %v115
  br i1 %v476, label %loop449, label %done450
done450:
  %v477 = phi <16 x float> [ %v433, %loop422 ], [ %v465, %loop449 ]
  %v478 = phi <16 x float> [ %v438, %loop422 ], [ %v468, %loop449 ]
  %v479 = phi <16 x float> [ %v443, %loop422 ], [ %v471, %loop449 ]
  %v480 = phi <16 x float> [ %v448, %loop422 ], [ %v474, %loop449 ]
  store <16 x float> %v477, ptr %v427, align 4
  %v481 = getelementptr i8, ptr %v427, i64 64
  store <16 x float> %v478, ptr %v481, align 4
  %v482 = getelementptr i8, ptr %v427, i64 128
  store <16 x float> %v479, ptr %v482, align 4
  %v483 = getelementptr i8, ptr %v427, i64 192
  store <16 x float> %v480, ptr %v483, align 4
  %v484 = add i64 %v425, 64
  %v485 = icmp slt i64 %v484, %v419
  br i1 %v485, label %loop422, label %done423
done423:
  %v488 = icmp slt i64 %v419, %v421
  br i1 %v488, label %loop486, label %done487
loop486:
  %v489 = phi i64 [ %v419, %done423 ], [ %v515, %done499 ]
  %v490 = mul i64 %v489, 4
  %v491 = getelementptr i8, ptr %v62, i64 %v490
  %v492 = mul i64 %v489, 4
  %v493 = getelementptr i8, ptr %v417, i64 %v492
  %v494 = load <16 x float>, ptr %v491, align 4
  %v495 = insertelement <16 x float> poison, float %v380, i32 0
  %v496 = shufflevector <16 x float> %v495, <16 x float> poison, <16 x i32> zeroinitializer
  %v497 = fmul <16 x float> %v494, %v496
  %v500 = icmp slt i64 0, %v115
  br i1 %v500, label %loop498, label %done499
loop498:
  %v501 = phi i64 [ 0, %loop486 ], [ %v512, %loop498 ]
  %v502 = phi <16 x float> [ %v497, %loop486 ], [ %v511, %loop498 ]
  %v503 = mul i64 %v501, 4
  %v504 = getelementptr i8, ptr %v61, i64 %v503
  %v505 = load float, ptr %v504, align 4
  %v506 = insertelement <16 x float> poison, float %v505, i32 0
  %v507 = shufflevector <16 x float> %v506, <16 x float> poison, <16 x i32> zeroinitializer
  %v508 = mul i64 %v501, %v45
  %v509 = getelementptr i8, ptr %v493, i64 %v508
  %v510 = load <16 x float>, ptr %v509, align 4
  %v511 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v507, <16 x float> %v510, <16 x float> %v502)
  %v512 = add i64 %v501, 1
  %v513 = icmp slt i64 %v512, %v115
  br i1 %v513, label %loop498, label %done499
done499:
  %v514 = phi <16 x float> [ %v497, %loop486 ], [ %v511, %loop498 ]
  store <16 x float> %v514, ptr %v491, align 4
  %v515 = add i64 %v489, 16
  %v516 = icmp slt i64 %v515, %v421
  br i1 %v516, label %loop486, label %done487
done487:
  %v519 = icmp slt i64 %v421, %v23
  br i1 %v519, label %loop517, label %done518
loop517:
  %v520 = phi i64 [ %v421, %done487 ], [ %v542, %done528 ]
  %v521 = mul i64 %v520, 4
  %v522 = getelementptr i8, ptr %v62, i64 %v521
  %v523 = mul i64 %v520, 4
  %v524 = getelementptr i8, ptr %v417, i64 %v523
  %v525 = load float, ptr %v522, align 4
  %v526 = fmul float %v525, %v380
  %v529 = icmp slt i64 0, %v115
  br i1 %v529, label %loop527, label %done528
loop527:
  %v530 = phi i64 [ 0, %loop517 ], [ %v539, %loop527 ]
  %v531 = phi float [ %v526, %loop517 ], [ %v538, %loop527 ]
  %v532 = mul i64 %v530, 4
  %v533 = getelementptr i8, ptr %v61, i64 %v532
  %v534 = load float, ptr %v533, align 4
  %v535 = mul i64 %v530, %v45
  %v536 = getelementptr i8, ptr %v524, i64 %v535
  %v537 = load float, ptr %v536, align 4
  %v538 = call float @llvm.fma.f32(float %v534, float %v537, float %v531)
  %v539 = add i64 %v530, 1
  %v540 = icmp slt i64 %v539, %v115
  br i1 %v540, label %loop527, label %done528
done528:
  %v541 = phi float [ %v526, %loop517 ], [ %v538, %loop527 ]
  store float %v541, ptr %v522, align 4
  %v542 = add i64 %v520, 1
  %v543 = icmp slt i64 %v542, %v23
  br i1 %v543, label %loop517, label %done518
done518:
  %v544 = add i64 %v111, 64
  %v545 = icmp slt i64 %v544, %v107
  br i1 %v545, label %loop108, label %done109
done109:
  %v546 = phi float [ 0xFFF0000000000000, %done99 ], [ %v362, %done518 ]
  %v547 = phi <16 x float> [ splat (float 0x0000000000000000), %done99 ], [ %v415, %done518 ]
  %v548 = shufflevector <16 x float> %v547, <16 x float> %v547, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v549 = shufflevector <16 x float> %v547, <16 x float> %v547, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v550 = fadd <8 x float> %v548, %v549
  %v551 = shufflevector <8 x float> %v550, <8 x float> %v550, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v552 = shufflevector <8 x float> %v550, <8 x float> %v550, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v553 = fadd <4 x float> %v551, %v552
  %v554 = shufflevector <4 x float> %v553, <4 x float> %v553, <2 x i32> <i32 0, i32 1>
  %v555 = shufflevector <4 x float> %v553, <4 x float> %v553, <2 x i32> <i32 2, i32 3>
  %v556 = fadd <2 x float> %v554, %v555
  %v557 = shufflevector <2 x float> %v556, <2 x float> %v556, <1 x i32> <i32 0>
  %v558 = shufflevector <2 x float> %v556, <2 x float> %v556, <1 x i32> <i32 1>
  %v559 = fadd <1 x float> %v557, %v558
  %v560 = extractelement <1 x float> %v559, i64 0
  %v561 = fcmp oeq float %v546, 0xFFF0000000000000
  %v562 = select i1 %v561, float 0x0000000000000000, float %v546
  %v563 = fcmp oeq float %v560, 0x0000000000000000
  %v564 = fdiv float 0x3FF0000000000000, %v560
  %v565 = select i1 %v563, float 0x0000000000000000, float %v564
  %v566 = mul i64 %v23, 4
  %v567 = mul i64 %v66, %v566
  %v568 = getelementptr i8, ptr %v54, i64 %v567
  %v571 = icmp slt i64 0, %v23
  br i1 %v571, label %loop569, label %done570
loop569:
  %v572 = phi i64 [ 0, %done109 ], [ %v579, %loop569 ]
  %v573 = mul i64 %v572, 4
  %v574 = getelementptr i8, ptr %v62, i64 %v573
  %v575 = load float, ptr %v574, align 4
  %v576 = fmul float %v575, %v565
  %v577 = mul i64 %v572, 4
  %v578 = getelementptr i8, ptr %v568, i64 %v577
  store float %v576, ptr %v578, align 4
  %v579 = add i64 %v572, 1
  %v580 = icmp slt i64 %v579, %v23
  br i1 %v580, label %loop569, label %done570
done570:
  %v581 = mul i64 %v68, 2
  %v582 = mul i64 %v581, %v17
  %v583 = add i64 %v582, %v67
  %v584 = mul i64 %v583, 4
  %v585 = getelementptr i8, ptr %v56, i64 %v584
  store float %v562, ptr %v585, align 4
  %v586 = add i64 %v583, %v17
  %v587 = mul i64 %v586, 4
  %v588 = getelementptr i8, ptr %v56, i64 %v587
  store float %v565, ptr %v588, align 4
  %v589 = add i64 %v66, 1
  %v590 = icmp slt i64 %v589, %end
  br i1 %v590, label %loop63, label %done64
done64:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
