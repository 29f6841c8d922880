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
  %v66 = phi i64 [ %begin, %work2 ], [ %v590, %done571 ]
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
  %v86 = add i64 %v67, 1
  %v87 = call i64 @llvm.smin.i64(i64 %v19, i64 %v86)
  %v90 = icmp slt i64 0, %v21
  br i1 %v90, label %loop88, label %done89
loop88:
  %v91 = phi i64 [ 0, %loop63 ], [ %v98, %loop88 ]
  %v92 = mul i64 %v91, %v31
  %v93 = getelementptr i8, ptr %v77, i64 %v92
  %v94 = load float, ptr %v93, align 4
  %v95 = fmul float %v94, %v59
  %v96 = mul i64 %v91, 4
  %v97 = getelementptr i8, ptr %v10, i64 %v96
  store float %v95, ptr %v97, align 4
  %v98 = add i64 %v91, 1
  %v99 = icmp slt i64 %v98, %v21
  br i1 %v99, label %loop88, label %done89
done89:
  %v102 = icmp slt i64 0, %v23
  br i1 %v102, label %loop100, label %done101
loop100:
  %v103 = phi i64 [ 0, %done89 ], [ %v106, %loop100 ]
  %v104 = mul i64 %v103, 4
  %v105 = getelementptr i8, ptr %v62, i64 %v104
  store float 0x0000000000000000, ptr %v105, align 4
  %v106 = add i64 %v103, 1
  %v107 = icmp slt i64 %v106, %v23
  br i1 %v107, label %loop100, label %done101
done101:
  %v110 = icmp slt i64 0, %v87
  br i1 %v110, label %loop108, label %done109
loop108:
  %v111 = phi i64 [ 0, %done101 ], [ %v545, %done519 ]
  %v112 = phi float [ 0xFFF0000000000000, %done101 ], [ %v364, %done519 ]
  %v113 = phi <16 x float> [ splat (float 0x0000000000000000), %done101 ], [ %v417, %done519 ]
  %v114 = sub i64 %v87, %v111
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
  %v128 = mul i64 %v111, %v45
  %v129 = getelementptr i8, ptr %v85, i64 %v128
  %v130 = urem i64 %v21, 16
  %v131 = sub i64 %v21, %v130
  %v132 = urem i64 %v115, 4
  %v133 = sub i64 %v115, %v132
  %v136 = icmp slt i64 0, %v133
  br i1 %v136, label %loop134, label %done135
loop134:
  %v137 = phi i64 [ 0, %done117 ], [ %v278, %done235 ]
  %v138 = mul i64 %v137, %v37
  %v139 = getelementptr i8, ptr %v127, i64 %v138
  %v140 = add i64 %v137, 1
  %v141 = mul i64 %v140, %v37
  %v142 = getelementptr i8, ptr %v127, i64 %v141
  %v143 = add i64 %v137, 2
  %v144 = mul i64 %v143, %v37
  %v145 = getelementptr i8, ptr %v127, i64 %v144
  %v146 = add i64 %v137, 3
  %v147 = mul i64 %v146, %v37
  %v148 = getelementptr i8, ptr %v127, i64 %v147
  %v151 = icmp slt i64 0, %v131
  br i1 %v151, label %loop149, label %done150
loop149:
  %v152 = phi i64 [ 0, %loop134 ], [ %v176, %loop149 ]
  %v153 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v163, %loop149 ]
  %v154 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v167, %loop149 ]
  %v155 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v171, %loop149 ]
  %v156 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v175, %loop149 ]
  %v157 = mul i64 %v152, 4
  %v158 = getelementptr i8, ptr %v10, i64 %v157
  %v159 = load <16 x float>, ptr %v158, align 4
  %v160 = mul i64 %v152, 4
  %v161 = getelementptr i8, ptr %v139, i64 %v160
  %v162 = load <16 x float>, ptr %v161, align 4
  %v163 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v162, <16 x float> %v159, <16 x float> %v153)
  %v164 = mul i64 %v152, 4
  %v165 = getelementptr i8, ptr %v142, i64 %v164
  %v166 = load <16 x float>, ptr %v165, align 4
  %v167 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v166, <16 x float> %v159, <16 x float> %v154)
  %v168 = mul i64 %v152, 4
  %v169 = getelementptr i8, ptr %v145, i64 %v168
  %v170 = load <16 x float>, ptr %v169, align 4
  %v171 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v170, <16 x float> %v159, <16 x float> %v155)
  %v172 = mul i64 %v152, 4
  %v173 = getelementptr i8, ptr %v148, i64 %v172
  %v174 = load <16 x float>, ptr %v173, align 4
  %v175 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v174, <16 x float> %v159, <16 x float> %v156)
  %v176 = add i64 %v152, 16
  %v177 = icmp slt i64 %v176, %v131
  br i1 %v177, label %loop149, label %done150
done150:
  %v178 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v163, %loop149 ]
  %v179 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v167, %loop149 ]
  %v180 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v171, %loop149 ]
  %v181 = phi <16 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v175, %loop149 ]
  %v182 = shufflevector <16 x float> %v178, <16 x float> %v178, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v183 = shufflevector <16 x float> %v178, <16 x float> %v178, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v184 = fadd <8 x float> %v182, %v183
  %v185 = shufflevector <8 x float> %v184, <8 x float> %v184, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v186 = shufflevector <8 x float> %v184, <8 x float> %v184, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v187 = fadd <4 x float> %v185, %v186
  %v188 = shufflevector <4 x float> %v187, <4 x float> %v187, <2 x i32> <i32 0, i32 1>
  %v189 = shufflevector <4 x float> %v187, <4 x float> %v187, <2 x i32> <i32 2, i32 3>
  %v190 = fadd <2 x float> %v188, %v189
  %v191 = shufflevector <2 x float> %v190, <2 x float> %v190, <1 x i32> <i32 0>
  %v192 = shufflevector <2 x float> %v190, <2 x float> %v190, <1 x i32> <i32 1>
  %v193 = fadd <1 x float> %v191, %v192
  %v194 = extractelement <1 x float> %v193, i64 0
  %v195 = shufflevector <16 x float> %v179, <16 x float> %v179, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v196 = shufflevector <16 x float> %v179, <16 x float> %v179, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v197 = fadd <8 x float> %v195, %v196
  %v198 = shufflevector <8 x float> %v197, <8 x float> %v197, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v199 = shufflevector <8 x float> %v197, <8 x float> %v197, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v200 = fadd <4 x float> %v198, %v199
  %v201 = shufflevector <4 x float> %v200, <4 x float> %v200, <2 x i32> <i32 0, i32 1>
  %v202 = shufflevector <4 x float> %v200, <4 x float> %v200, <2 x i32> <i32 2, i32 3>
  %v203 = fadd <2 x float> %v201, %v202
  %v204 = shufflevector <2 x float> %v203, <2 x float> %v203, <1 x i32> <i32 0>
  %v205 = shufflevector <2 x float> %v203, <2 x float> %v203, <1 x i32> <i32 1>
  %v206 = fadd <1 x float> %v204, %v205
  %v207 = extractelement <1 x float> %v206, i64 0
  %v208 = shufflevector <16 x float> %v180, <16 x float> %v180, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v209 = shufflevector <16 x float> %v180, <16 x float> %v180, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v210 = fadd <8 x float> %v208, %v209
  %v211 = shufflevector <8 x float> %v210, <8 x float> %v210, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v212 = shufflevector <8 x float> %v210, <8 x float> %v210, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v213 = fadd <4 x float> %v211, %v212
  %v214 = shufflevector <4 x float> %v213, <4 x float> %v213, <2 x i32> <i32 0, i32 1>
  %v215 = shufflevector <4 x float> %v213, <4 x float> %v213, <2 x i32> <i32 2, i32 3>
  %v216 = fadd <2 x float> %v214, %v215
  %v217 = shufflevector <2 x float> %v216, <2 x float> %v216, <1 x i32> <i32 0>
  %v218 = shufflevector <2 x float> %v216, <2 x float> %v216, <1 x i32> <i32 1>
  %v219 = fadd <1 x float> %v217, %v218
  %v220 = extractelement <1 x float> %v219, i64 0
  %v221 = shufflevector <16 x float> %v181, <16 x float> %v181, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v222 = shufflevector <16 x float> %v181, <16 x float> %v181, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v223 = fadd <8 x float> %v221, %v222
  %v224 = shufflevector <8 x float> %v223, <8 x float> %v223, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v225 = shufflevector <8 x float> %v223, <8 x float> %v223, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v226 = fadd <4 x float> %v224, %v225
  %v227 = shufflevector <4 x float> %v226, <4 x float> %v226, <2 x i32> <i32 0, i32 1>
  %v228 = shufflevector <4 x float> %v226, <4 x float> %v226, <2 x i32> <i32 2, i32 3>
  %v229 = fadd <2 x float> %v227, %v228
  %v230 = shufflevector <2 x float> %v229, <2 x float> %v229, <1 x i32> <i32 0>
  %v231 = shufflevector <2 x float> %v229, <2 x float> %v229, <1 x i32> <i32 1>
  %v232 = fadd <1 x float> %v230, %v231
  %v233 = extractelement <1 x float> %v232, i64 0
  %v236 = icmp slt i64 %v131, %v21
  br i1 %v236, label %loop234, label %done235
loop234:
  %v237 = phi i64 [ %v131, %done150 ], [ %v261, %loop234 ]
  %v238 = phi float [ %v194, %done150 ], [ %v248, %loop234 ]
  %v239 = phi float [ %v207, %done150 ], [ %v252, %loop234 ]
  %v240 = phi float [ %v220, %done150 ], [ %v256, %loop234 ]
  %v241 = phi float [ %v233, %done150 ], [ %v260, %loop234 ]
  %v242 = mul i64 %v237, 4
  %v243 = getelementptr i8, ptr %v10, i64 %v242
  %v244 = load float, ptr %v243, align 4
  %v245 = mul i64 %v237, 4
  %v246 = getelementptr i8, ptr %v139, i64 %v245
  %v247 = load float, ptr %v246, align 4
  %v248 = call float @llvm.fma.f32(float %v247, float %v244, float %v238)
  %v249 = mul i64 %v237, 4
  %v250 = getelementptr i8, ptr %v142, i64 %v249
  %v251 = load float, ptr %v250, align 4
  %v252 = call float @llvm.fma.f32(float %v251, float %v244, float %v239)
  %v253 = mul i64 %v237, 4
  %v254 = getelementptr i8, ptr %v145, i64 %v253
  %v255 = load float, ptr %v254, align 4
  %v256 = call float @llvm.fma.f32(float %v255, float %v244, float %v240)
  %v257 = mul i64 %v237, 4
  %v258 = getelementptr i8, ptr %v148, i64 %v257
  %v259 = load float, ptr %v258, align 4
  %v260 = call float @llvm.fma.f32(float %v259, float %v244, float %v241)
  %v261 = add i64 %v237, 1
  %v262 = icmp slt i64 %v261, %v21
  br i1 %v262, label %loop234, label %done235
done235:
  %v263 = phi float [ %v194, %done150 ], [ %v248, %loop234 ]
  %v264 = phi float [ %v207, %done150 ], [ %v252, %loop234 ]
  %v265 = phi float [ %v220, %done150 ], [ %v256, %loop234 ]
  %v266 = phi float [ %v233, %done150 ], [ %v260, %loop234 ]
  %v267 = mul i64 %v137, 4
  %v268 = getelementptr i8, ptr %v61, i64 %v267
  store float %v263, ptr %v268, align 4
  %v269 = add i64 %v137, 1
  %v270 = mul i64 %v269, 4
  %v271 = getelementptr i8, ptr %v61, i64 %v270
  store float %v264, ptr %v271, align 4
  %v272 = add i64 %v137, 2
  %v273 = mul i64 %v272, 4
  %v274 = getelementptr i8, ptr %v61, i64 %v273
  store float %v265, ptr %v274, align 4
  %v275 = add i64 %v137, 3
  %v276 = mul i64 %v275, 4
  %v277 = getelementptr i8, ptr %v61, i64 %v276
  store float %v266, ptr %v277, align 4
  %v278 = add i64 %v137, 4
  %v279 = icmp slt i64 %v278, %v133
  br i1 %v279, label %loop134, label %done135
done135:
  %v282 = icmp slt i64 %v133, %v115
  br i1 %v282, label %loop280, label %done281
loop280:
  %v283 = phi i64 [ %v133, %done135 ], [ %v331, %done315 ]
  %v284 = mul i64 %v283, %v37
  %v285 = getelementptr i8, ptr %v127, i64 %v284
  %v288 = icmp slt i64 0, %v131
  br i1 %v288, label %loop286, label %done287
loop286:
  %v289 = phi i64 [ 0, %loop280 ], [ %v298, %loop286 ]
  %v290 = phi <16 x float> [ splat (float 0x0000000000000000), %loop280 ], [ %v297, %loop286 ]
  %v291 = mul i64 %v289, 4
  %v292 = getelementptr i8, ptr %v10, i64 %v291
  %v293 = load <16 x float>, ptr %v292, align 4
  %v294 = mul i64 %v289, 4
  %v295 = getelementptr i8, ptr %v285, i64 %v294
  %v296 = load <16 x float>, ptr %v295, align 4
  %v297 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v296, <16 x float> %v293, <16 x float> %v290)
  %v298 = add i64 %v289, 16
  %v299 = icmp slt i64 %v298, %v131
  br i1 %v299, label %loop286, label %done287
done287:
  %v300 = phi <16 x float> [ splat (float 0x0000000000000000), %loop280 ], [ %v297, %loop286 ]
  %v301 = shufflevector <16 x float> %v300, <16 x float> %v300, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v302 = shufflevector <16 x float> %v300, <16 x float> %v300, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v303 = fadd <8 x float> %v301, %v302
  %v304 = shufflevector <8 x float> %v303, <8 x float> %v303, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v305 = shufflevector <8 x float> %v303, <8 x float> %v303, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v306 = fadd <4 x float> %v304, %v305
  %v307 = shufflevector <4 x float> %v306, <4 x float> %v306, <2 x i32> <i32 0, i32 1>
  %v308 = shufflevector <4 x float> %v306, <4 x float> %v306, <2 x i32> <i32 2, i32 3>
  %v309 = fadd <2 x float> %v307, %v308
  %v310 = shufflevector <2 x float> %v309, <2 x float> %v309, <1 x i32> <i32 0>
  %v311 = shufflevector <2 x float> %v309, <2 x float> %v309, <1 x i32> <i32 1>
  %v312 = fadd <1 x float> %v310, %v311
  %v313 = extractelement <1 x float> %v312, i64 0
  %v316 = icmp slt i64 %v131, %v21
  br i1 %v316, label %loop314, label %done315
loop314:
  %v317 = phi i64 [ %v131, %done287 ], [ %v326, %loop314 ]
  %v318 = phi float [ %v313, %done287 ], [ %v325, %loop314 ]
  %v319 = mul i64 %v317, 4
  %v320 = getelementptr i8, ptr %v10, i64 %v319
  %v321 = load float, ptr %v320, align 4
  %v322 = mul i64 %v317, 4
  %v323 = getelementptr i8, ptr %v285, i64 %v322
  %v324 = load float, ptr %v323, align 4
  %v325 = call float @llvm.fma.f32(float %v324, float %v321, float %v318)
  %v326 = add i64 %v317, 1
  %v327 = icmp slt i64 %v326, %v21
  br i1 %v327, label %loop314, label %done315
done315:
  %v328 = phi float [ %v313, %done287 ], [ %v325, %loop314 ]
  %v329 = mul i64 %v283, 4
  %v330 = getelementptr i8, ptr %v61, i64 %v329
  store float %v328, ptr %v330, align 4
  %v331 = add i64 %v283, 1
  %v332 = icmp slt i64 %v331, %v115
  br i1 %v332, label %loop280, label %done281
done281:
  %v333 = insertelement <16 x float> poison, float %v112, i32 0
  %v334 = shufflevector <16 x float> %v333, <16 x float> poison, <16 x i32> zeroinitializer
  %v337 = icmp slt i64 0, 64
  br i1 %v337, label %loop335, label %done336
loop335:
  %v338 = phi i64 [ 0, %done281 ], [ %v345, %loop335 ]
  %v339 = phi <16 x float> [ %v334, %done281 ], [ %v344, %loop335 ]
  %v340 = mul i64 %v338, 4
  %v341 = getelementptr i8, ptr %v61, i64 %v340
  %v342 = load <16 x float>, ptr %v341, align 4
  %v343 = fcmp ogt <16 x float> %v342, %v339
  %v344 = select <16 x i1> %v343, <16 x float> %v342, <16 x float> %v339
  %v345 = add i64 %v338, 16
  %v346 = icmp slt i64 %v345, 64
  br i1 %v346, label %loop335, label %done336
done336:
  %v347 = phi <16 x float> [ %v334, %done281 ], [ %v344, %loop335 ]
  %v348 = shufflevector <16 x float> %v347, <16 x float> %v347, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v349 = shufflevector <16 x float> %v347, <16 x float> %v347, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v350 = fcmp ogt <8 x float> %v348, %v349
  %v351 = select <8 x i1> %v350, <8 x float> %v348, <8 x float> %v349
  %v352 = shufflevector <8 x float> %v351, <8 x float> %v351, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v353 = shufflevector <8 x float> %v351, <8 x float> %v351, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v354 = fcmp ogt <4 x float> %v352, %v353
  %v355 = select <4 x i1> %v354, <4 x float> %v352, <4 x float> %v353
  %v356 = shufflevector <4 x float> %v355, <4 x float> %v355, <2 x i32> <i32 0, i32 1>
  %v357 = shufflevector <4 x float> %v355, <4 x float> %v355, <2 x i32> <i32 2, i32 3>
  %v358 = fcmp ogt <2 x float> %v356, %v357
  %v359 = select <2 x i1> %v358, <2 x float> %v356, <2 x float> %v357
  %v360 = shufflevector <2 x float> %v359, <2 x float> %v359, <1 x i32> <i32 0>
  %v361 = shufflevector <2 x float> %v359, <2 x float> %v359, <1 x i32> <i32 1>
  %v362 = fcmp ogt <1 x float> %v360, %v361
  %v363 = select <1 x i1> %v362, <1 x float> %v360, <1 x float> %v361
  %v364 = extractelement <1 x float> %v363, i64 0
  %v365 = fcmp oeq float %v364, 0xFFF0000000000000
  %v366 = select i1 %v365, float 0x0000000000000000, float %v364
  %v367 = fsub float %v112, %v366
  %v368 = fcmp olt float %v367, 0xC05FC00000000000
  %v369 = select i1 %v368, float 0xC05FC00000000000, float %v367
  %v370 = fadd float %v369, 0x4168000FE0000000
  %v371 = fsub float %v370, 0x4168000FE0000000
  %v372 = fsub float %v369, %v371
  %v373 = call float @llvm.fma.f32(float 0x3F24BA1AA0000000, float %v372, float 0x3F55FC1AE0000000)
  %v374 = call float @llvm.fma.f32(float %v373, float %v372, float 0x3F83B21C80000000)
  %v375 = call float @llvm.fma.f32(float %v374, float %v372, float 0x3FAC6ADA60000000)
  %v376 = call float @llvm.fma.f32(float %v375, float %v372, float 0x3FCEBFBE60000000)
  %v377 = call float @llvm.fma.f32(float %v376, float %v372, float 0x3FE62E4320000000)
  %v378 = call float @llvm.fma.f32(float %v377, float %v372, float 0x3FF0000000000000)
  %v379 = bitcast float %v370 to i32
  %v380 = shl i32 %v379, 23
  %v381 = bitcast i32 %v380 to float
  %v382 = fmul float %v378, %v381
  %v383 = insertelement <16 x float> poison, float %v366, i32 0
  %v384 = shufflevector <16 x float> %v383, <16 x float> poison, <16 x i32> zeroinitializer
  %v385 = insertelement <16 x float> poison, float %v382, i32 0
  %v386 = shufflevector <16 x float> %v385, <16 x float> poison, <16 x i32> zeroinitializer
  %v387 = fmul <16 x float> %v113, %v386
  %v390 = icmp slt i64 0, 64
  br i1 %v390, label %loop388, label %done389
loop388:
  %v391 = phi i64 [ 0, %done336 ], [ %v415, %loop388 ]
  %v392 = phi <16 x float> [ %v387, %done336 ], [ %v414, %loop388 ]
  %v393 = mul i64 %v391, 4
  %v394 = getelementptr i8, ptr %v61, i64 %v393
  %v395 = load <16 x float>, ptr %v394, align 4
  %v396 = fsub <16 x float> %v395, %v384
  %v397 = fcmp olt <16 x float> %v396, splat (float 0xC05FC00000000000)
  %v398 = select <16 x i1> %v397, <16 x float> splat (float 0xC05FC00000000000), <16 x float> %v396
  %v399 = fadd <16 x float> %v398, splat (float 0x4168000FE0000000)
  %v400 = fsub <16 x float> %v399, splat (float 0x4168000FE0000000)
  %v401 = fsub <16 x float> %v398, %v400
  %v402 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F24BA1AA0000000), <16 x float> %v401, <16 x float> splat (float 0x3F55FC1AE0000000))
  %v403 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v402, <16 x float> %v401, <16 x float> splat (float 0x3F83B21C80000000))
  %v404 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v403, <16 x float> %v401, <16 x float> splat (float 0x3FAC6ADA60000000))
  %v405 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v404, <16 x float> %v401, <16 x float> splat (float 0x3FCEBFBE60000000))
  %v406 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v405, <16 x float> %v401, <16 x float> splat (float 0x3FE62E4320000000))
  %v407 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v406, <16 x float> %v401, <16 x float> splat (float 0x3FF0000000000000))
  %v408 = bitcast <16 x float> %v399 to <16 x i32>
  %v409 = shl <16 x i32> %v408, splat (i32 23)
  %v410 = bitcast <16 x i32> %v409 to <16 x float>
  %v411 = fmul <16 x float> %v407, %v410
  %v412 = mul i64 %v391, 4
  %v413 = getelementptr i8, ptr %v61, i64 %v412
  store <16 x float> %v411, ptr %v413, align 4
  %v414 = fadd <16 x float> %v392, %v411
  %v415 = add i64 %v391, 16
  %v416 = icmp slt i64 %v415, 64
  br i1 %v416, label %loop388, label %done389
done389:
  %v417 = phi <16 x float> [ %v387, %done336 ], [ %v414, %loop388 ]
  %v418 = mul i64 %v111, %v37
  %v419 = getelementptr i8, ptr %v81, i64 %v418
  %v420 = mul i64 %v111, %v45
  %v421 = getelementptr i8, ptr %v85, i64 %v420
  %v422 = urem i64 %v23, 64
  %v423 = sub i64 %v23, %v422
  %v424 = urem i64 %v23, 16
  %v425 = sub i64 %v23, %v424
  %v428 = icmp slt i64 0, %v423
  br i1 %v428, label %loop426, label %done427
loop426:
  %v429 = phi i64 [ 0, %done389 ], [ %v485, %done454 ]
  %v430 = mul i64 %v429, 4
  %v431 = getelementptr i8, ptr %v62, i64 %v430
  %v432 = mul i64 %v429, 4
  %v433 = getelementptr i8, ptr %v421, i64 %v432
  %v434 = getelementptr i8, ptr %v431, i64 64
  %v435 = getelementptr i8, ptr %v431, i64 128
  %v436 = getelementptr i8, ptr %v431, i64 192
  %v437 = load <16 x float>, ptr %v431, align 4
  %v438 = insertelement <16 x float> poison, float %v382, i32 0
  %v439 = shufflevector <16 x float> %v438, <16 x float> poison, <16 x i32> zeroinitializer
  %v440 = fmul <16 x float> %v437, %v439
  %v441 = load <16 x float>, ptr %v434, align 4
  %v442 = insertelement <16 x float> poison, float %v382, i32 0
  %v443 = shufflevector <16 x float> %v442, <16 x float> poison, <16 x i32> zeroinitializer
  %v444 = fmul <16 x float> %v441, %v443
  %v445 = load <16 x float>, ptr %v435, align 4
  %v446 = insertelement <16 x float> poison, float %v382, i32 0
  %v447 = shufflevector <16 x float> %v446, <16 x float> poison, <16 x i32> zeroinitializer
  %v448 = fmul <16 x float> %v445, %v447
  %v449 = load <16 x float>, ptr %v436, align 4
  %v450 = insertelement <16 x float> poison, float %v382, i32 0
  %v451 = shufflevector <16 x float> %v450, <16 x float> poison, <16 x i32> zeroinitializer
  %v452 = fmul <16 x float> %v449, %v451
  %v455 = icmp slt i64 0, %v115
  br i1 %v455, label %loop453, label %done454
loop453:
  %v456 = phi i64 [ 0, %loop426 ], [ %v479, %loop453 ]
  %v457 = phi <16 x float> [ %v440, %loop426 ], [ %v469, %loop453 ]
  %v458 = phi <16 x float> [ %v444, %loop426 ], [ %v472, %loop453 ]
  %v459 = phi <16 x float> [ %v448, %loop426 ], [ %v475, %loop453 ]
  %v460 = phi <16 x float> [ %v452, %loop426 ], [ %v478, %loop453 ]
  %v461 = mul i64 %v456, 4
  %v462 = getelementptr i8, ptr %v61, i64 %v461
  %v463 = load float, ptr %v462, align 4
  %v464 = insertelement <16 x float> poison, float %v463, i32 0
  %v465 = shufflevector <16 x float> %v464, <16 x float> poison, <16 x i32> zeroinitializer
  %v466 = mul i64 %v456, %v45
  %v467 = getelementptr i8, ptr %v433, i64 %v466
  %v468 = load <16 x float>, ptr %v467, align 4
  %v469 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v465, <16 x float> %v468, <16 x float> %v457)
  %v470 = getelementptr i8, ptr %v467, i64 64
  %v471 = load <16 x float>, ptr %v470, align 4
  %v472 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v465, <16 x float> %v471, <16 x float> %v458)
  %v473 = getelementptr i8, ptr %v467, i64 128
  %v474 = load <16 x float>, ptr %v473, align 4
  %v475 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v465, <16 x float> %v474, <16 x float> %v459)
  %v476 = getelementptr i8, ptr %v467, i64 192
  %v477 = load <16 x float>, ptr %v476, align 4
  %v478 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v465, <16 x float> %v477, <16 x float> %v460)
  %v479 = add i64 %v456, 1
  %v480 = icmp slt i64 %v479, %v115
  br i1 %v480, label %loop453, label %done454
done454:
  %v481 = phi <16 x float> [ %v440, %loop426 ], [ %v469, %loop453 ]
  %v482 = phi <16 x float> [ %v444, %loop426 ], [ %v472, %loop453 ]
  %v483 = phi <16 x float> [ %v448, %loop426 ], [ %v475, %loop453 ]
  %v484 = phi <16 x float> [ %v452, %loop426 ], [ %v478, %loop453 ]
  store <16 x float> %v481, ptr %v431, align 4
  store <16 x float> %v482, ptr %v434, align 4
  store <16 x float> %v483, ptr %v435, align 4
  store <16 x float> %v484, ptr %v436, align 4
  %v485 = add i64 %v429, 64
  %v486 = icmp slt i64 %v485, %v423
  br i1 %v486, label %loop426, label %done427
done427:
  %v489 = icmp slt i64 %v423, %v425
  br i1 %v489, label %loop487, label %done488
loop487:
  %v490 = phi i64 [ %v423, %done427 ], [ %v516, %done500 ]
  %v491 = mul i64 %v490, 4
  %v492 = getelementptr i8, ptr %v62, i64 %v491
  %v493 = mul i64 %v490, 4
  %v494 = getelementptr i8, ptr %v421, i64 %v493
  %v495 = load <16 x float>, ptr %v492, align 4
  %v496 = insertelement <16 x float> poison, float %v382, i32 0
  %v497 = shufflevector <16 x float> %v496, <16 x float> poison, <16 x i32> zeroinitializer
  %v498 = fmul <16 x float> %v495, %v497
  %v501 = icmp slt i64 0, %v115
  br i1 %v501, label %loop499, label %done500
loop499:
  %v502 = phi i64 [ 0, %loop487 ], [ %v513, %loop499 ]
  %v503 = phi <16 x float> [ %v498, %loop487 ], [ %v512, %loop499 ]
  %v504 = mul i64 %v502, 4
  %v505 = getelementptr i8, ptr %v61, i64 %v504
  %v506 = load float, ptr %v505, align 4
  %v507 = insertelement <16 x float> poison, float %v506, i32 0
  %v508 = shufflevector <16 x float> %v507, <16 x float> poison, <16 x i32> zeroinitializer
  %v509 = mul i64 %v502, %v45
  %v510 = getelementptr i8, ptr %v494, i64 %v509
  %v511 = load <16 x float>, ptr %v510, align 4
  %v512 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v508, <16 x float> %v511, <16 x float> %v503)
  %v513 = add i64 %v502, 1
  %v514 = icmp slt i64 %v513, %v115
  br i1 %v514, label %loop499, label %done500
done500:
  %v515 = phi <16 x float> [ %v498, %loop487 ], [ %v512, %loop499 ]
  store <16 x float> %v515, ptr %v492, align 4
  %v516 = add i64 %v490, 16
  %v517 = icmp slt i64 %v516, %v425
  br i1 %v517, label %loop487, label %done488
done488:
  %v520 = icmp slt i64 %v425, %v23
  br i1 %v520, label %loop518, label %done519
loop518:
  %v521 = phi i64 [ %v425, %done488 ], [ %v543, %done529 ]
  %v522 = mul i64 %v521, 4
  %v523 = getelementptr i8, ptr %v62, i64 %v522
  %v524 = mul i64 %v521, 4
  %v525 = getelementptr i8, ptr %v421, i64 %v524
  %v526 = load float, ptr %v523, align 4
  %v527 = fmul float %v526, %v382
  %v530 = icmp slt i64 0, %v115
  br i1 %v530, label %loop528, label %done529
loop528:
  %v531 = phi i64 [ 0, %loop518 ], [ %v540, %loop528 ]
  %v532 = phi float [ %v527, %loop518 ], [ %v539, %loop528 ]
  %v533 = mul i64 %v531, 4
  %v534 = getelementptr i8, ptr %v61, i64 %v533
  %v535 = load float, ptr %v534, align 4
  %v536 = mul i64 %v531, %v45
  %v537 = getelementptr i8, ptr %v525, i64 %v536
  %v538 = load float, ptr %v537, align 4
  %v539 = call float @llvm.fma.f32(float %v535, float %v538, float %v532)
  %v540 = add i64 %v531, 1
  %v541 = icmp slt i64 %v540, %v115
  br i1 %v541, label %loop528, label %done529
done529:
  %v542 = phi float [ %v527, %loop518 ], [ %v539, %loop528 ]
  store float %v542, ptr %v523, align 4
  %v543 = add i64 %v521, 1
  %v544 = icmp slt i64 %v543, %v23
  br i1 %v544, label %loop518, label %done519
done519:
  %v545 = add i64 %v111, 64
  %v546 = icmp slt i64 %v545, %v87
  br i1 %v546, label %loop108, label %done109
done109:
  %v547 = phi float [ 0xFFF0000000000000, %done101 ], [ %v364, %done519 ]
  %v548 = phi <16 x float> [ splat (float 0x0000000000000000), %done101 ], [ %v417, %done519 ]
  %v549 = shufflevector <16 x float> %v548, <16 x float> %v548, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v550 = shufflevector <16 x float> %v548, <16 x float> %v548, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v551 = fadd <8 x float> %v549, %v550
  %v552 = shufflevector <8 x float> %v551, <8 x float> %v551, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v553 = shufflevector <8 x float> %v551, <8 x float> %v551, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v554 = fadd <4 x float> %v552, %v553
  %v555 = shufflevector <4 x float> %v554, <4 x float> %v554, <2 x i32> <i32 0, i32 1>
  %v556 = shufflevector <4 x float> %v554, <4 x float> %v554, <2 x i32> <i32 2, i32 3>
  %v557 = fadd <2 x float> %v555, %v556
  %v558 = shufflevector <2 x float> %v557, <2 x float> %v557, <1 x i32> <i32 0>
  %v559 = shufflevector <2 x float> %v557, <2 x float> %v557, <1 x i32> <i32 1>
  %v560 = fadd <1 x float> %v558, %v559
  %v561 = extractelement <1 x float> %v560, i64 0
  %v562 = fcmp oeq float %v547, 0xFFF0000000000000
  %v563 = select i1 %v562, float 0x0000000000000000, float %v547
  %v564 = fcmp oeq float %v561, 0x0000000000000000
  %v565 = fdiv float 0x3FF0000000000000, %v561
  %v566 = select i1 %v564, float 0x0000000000000000, float %v565
  %v567 = mul i64 %v23, 4
  %v568 = mul i64 %v66, %v567
  %v569 = getelementptr i8, ptr %v54, i64 %v568
  %v572 = icmp slt i64 0, %v23
  br i1 %v572, label %loop570, label %done571
loop570:
  %v573 = phi i64 [ 0, %done109 ], [ %v580, %loop570 ]
  %v574 = mul i64 %v573, 4
  %v575 = getelementptr i8, ptr %v62, i64 %v574
  %v576 = load float, ptr %v575, align 4
  %v577 = fmul float %v576, %v566
  %v578 = mul i64 %v573, 4
  %v579 = getelementptr i8, ptr %v569, i64 %v578
  store float %v577, ptr %v579, align 4
  %v580 = add i64 %v573, 1
  %v581 = icmp slt i64 %v580, %v23
  br i1 %v581, label %loop570, label %done571
done571:
  %v582 = mul i64 %v68, 2
  %v583 = mul i64 %v582, %v17
  %v584 = add i64 %v583, %v67
  %v585 = mul i64 %v584, 4
  %v586 = getelementptr i8, ptr %v56, i64 %v585
  store float %v563, ptr %v586, align 4
  %v587 = add i64 %v584, %v17
  %v588 = mul i64 %v587, 4
  %v589 = getelementptr i8, ptr %v56, i64 %v588
  store float %v566, ptr %v589, align 4
  %v590 = add i64 %v66, 1
  %v591 = icmp slt i64 %v590, %end
  br i1 %v591, label %loop63, label %done64
done64:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
