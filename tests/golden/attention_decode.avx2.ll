declare i64 @llvm.smin.i64(i64, i64)
declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)
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
  %v66 = phi i64 [ %begin, %work2 ], [ %v568, %done549 ]
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
  %v111 = phi i64 [ 0, %done101 ], [ %v526, %done500 ]
  %v112 = phi float [ 0xFFF0000000000000, %done101 ], [ %v345, %done500 ]
  %v113 = phi <8 x float> [ splat (float 0x0000000000000000), %done101 ], [ %v398, %done500 ]
  %v114 = sub i64 %v87, %v111
  %v115 = call i64 @llvm.smin.i64(i64 64, i64 %v114)
  %v118 = icmp slt i64 0, 64
  br i1 %v118, label %loop116, label %done117
loop116:
  %v119 = phi i64 [ 0, %loop108 ], [ %v124, %loop116 ]
  %v120 = insertelement <8 x float> poison, float 0xFFF0000000000000, i32 0
  %v121 = shufflevector <8 x float> %v120, <8 x float> poison, <8 x i32> zeroinitializer
  %v122 = mul i64 %v119, 4
  %v123 = getelementptr i8, ptr %v61, i64 %v122
  store <8 x float> %v121, ptr %v123, align 4
  %v124 = add i64 %v119, 8
  %v125 = icmp slt i64 %v124, 64
  br i1 %v125, label %loop116, label %done117
done117:
  %v126 = mul i64 %v111, %v37
  %v127 = getelementptr i8, ptr %v81, i64 %v126
  %v128 = mul i64 %v111, %v45
  %v129 = getelementptr i8, ptr %v85, i64 %v128
  %v130 = urem i64 %v21, 8
  %v131 = sub i64 %v21, %v130
  %v132 = urem i64 %v115, 4
  %v133 = sub i64 %v115, %v132
  %v136 = icmp slt i64 0, %v133
  br i1 %v136, label %loop134, label %done135
loop134:
  %v137 = phi i64 [ 0, %done117 ], [ %v266, %done223 ]
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
  %v153 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v163, %loop149 ]
  %v154 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v167, %loop149 ]
  %v155 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v171, %loop149 ]
  %v156 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v175, %loop149 ]
  %v157 = mul i64 %v152, 4
  %v158 = getelementptr i8, ptr %v10, i64 %v157
  %v159 = load <8 x float>, ptr %v158, align 4
  %v160 = mul i64 %v152, 4
  %v161 = getelementptr i8, ptr %v139, i64 %v160
  %v162 = load <8 x float>, ptr %v161, align 4
  %v163 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v162, <8 x float> %v159, <8 x float> %v153)
  %v164 = mul i64 %v152, 4
  %v165 = getelementptr i8, ptr %v142, i64 %v164
  %v166 = load <8 x float>, ptr %v165, align 4
  %v167 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v166, <8 x float> %v159, <8 x float> %v154)
  %v168 = mul i64 %v152, 4
  %v169 = getelementptr i8, ptr %v145, i64 %v168
  %v170 = load <8 x float>, ptr %v169, align 4
  %v171 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v170, <8 x float> %v159, <8 x float> %v155)
  %v172 = mul i64 %v152, 4
  %v173 = getelementptr i8, ptr %v148, i64 %v172
  %v174 = load <8 x float>, ptr %v173, align 4
  %v175 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v174, <8 x float> %v159, <8 x float> %v156)
  %v176 = add i64 %v152, 8
  %v177 = icmp slt i64 %v176, %v131
  br i1 %v177, label %loop149, label %done150
done150:
  %v178 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v163, %loop149 ]
  %v179 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v167, %loop149 ]
  %v180 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v171, %loop149 ]
  %v181 = phi <8 x float> [ splat (float 0x0000000000000000), %loop134 ], [ %v175, %loop149 ]
  %v182 = shufflevector <8 x float> %v178, <8 x float> %v178, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v183 = shufflevector <8 x float> %v178, <8 x float> %v178, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v184 = fadd <4 x float> %v182, %v183
  %v185 = shufflevector <4 x float> %v184, <4 x float> %v184, <2 x i32> <i32 0, i32 1>
  %v186 = shufflevector <4 x float> %v184, <4 x float> %v184, <2 x i32> <i32 2, i32 3>
  %v187 = fadd <2 x float> %v185, %v186
  %v188 = shufflevector <2 x float> %v187, <2 x float> %v187, <1 x i32> <i32 0>
  %v189 = shufflevector <2 x float> %v187, <2 x float> %v187, <1 x i32> <i32 1>
  %v190 = fadd <1 x float> %v188, %v189
  %v191 = extractelement <1 x float> %v190, i64 0
  %v192 = shufflevector <8 x float> %v179, <8 x float> %v179, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v193 = shufflevector <8 x float> %v179, <8 x float> %v179, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v194 = fadd <4 x float> %v192, %v193
  %v195 = shufflevector <4 x float> %v194, <4 x float> %v194, <2 x i32> <i32 0, i32 1>
  %v196 = shufflevector <4 x float> %v194, <4 x float> %v194, <2 x i32> <i32 2, i32 3>
  %v197 = fadd <2 x float> %v195, %v196
  %v198 = shufflevector <2 x float> %v197, <2 x float> %v197, <1 x i32> <i32 0>
  %v199 = shufflevector <2 x float> %v197, <2 x float> %v197, <1 x i32> <i32 1>
  %v200 = fadd <1 x float> %v198, %v199
  %v201 = extractelement <1 x float> %v200, i64 0
  %v202 = shufflevector <8 x float> %v180, <8 x float> %v180, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v203 = shufflevector <8 x float> %v180, <8 x float> %v180, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v204 = fadd <4 x float> %v202, %v203
  %v205 = shufflevector <4 x float> %v204, <4 x float> %v204, <2 x i32> <i32 0, i32 1>
  %v206 = shufflevector <4 x float> %v204, <4 x float> %v204, <2 x i32> <i32 2, i32 3>
  %v207 = fadd <2 x float> %v205, %v206
  %v208 = shufflevector <2 x float> %v207, <2 x float> %v207, <1 x i32> <i32 0>
  %v209 = shufflevector <2 x float> %v207, <2 x float> %v207, <1 x i32> <i32 1>
  %v210 = fadd <1 x float> %v208, %v209
  %v211 = extractelement <1 x float> %v210, i64 0
  %v212 = shufflevector <8 x float> %v181, <8 x float> %v181, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v213 = shufflevector <8 x float> %v181, <8 x float> %v181, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v214 = fadd <4 x float> %v212, %v213
  %v215 = shufflevector <4 x float> %v214, <4 x float> %v214, <2 x i32> <i32 0, i32 1>
  %v216 = shufflevector <4 x float> %v214, <4 x float> %v214, <2 x i32> <i32 2, i32 3>
  %v217 = fadd <2 x float> %v215, %v216
  %v218 = shufflevector <2 x float> %v217, <2 x float> %v217, <1 x i32> <i32 0>
  %v219 = shufflevector <2 x float> %v217, <2 x float> %v217, <1 x i32> <i32 1>
  %v220 = fadd <1 x float> %v218, %v219
  %v221 = extractelement <1 x float> %v220, i64 0
  %v224 = icmp slt i64 %v131, %v21
  br i1 %v224, label %loop222, label %done223
loop222:
  %v225 = phi i64 [ %v131, %done150 ], [ %v249, %loop222 ]
  %v226 = phi float [ %v191, %done150 ], [ %v236, %loop222 ]
  %v227 = phi float [ %v201, %done150 ], [ %v240, %loop222 ]
  %v228 = phi float [ %v211, %done150 ], [ %v244, %loop222 ]
  %v229 = phi float [ %v221, %done150 ], [ %v248, %loop222 ]
  %v230 = mul i64 %v225, 4
  %v231 = getelementptr i8, ptr %v10, i64 %v230
  %v232 = load float, ptr %v231, align 4
  %v233 = mul i64 %v225, 4
  %v234 = getelementptr i8, ptr %v139, i64 %v233
  %v235 = load float, ptr %v234, align 4
  %v236 = call float @llvm.fma.f32(float %v235, float %v232, float %v226)
  %v237 = mul i64 %v225, 4
  %v238 = getelementptr i8, ptr %v142, i64 %v237
  %v239 = load float, ptr %v238, align 4
  %v240 = call float @llvm.fma.f32(float %v239, float %v232, float %v227)
  %v241 = mul i64 %v225, 4
  %v242 = getelementptr i8, ptr %v145, i64 %v241
  %v243 = load float, ptr %v242, align 4
  %v244 = call float @llvm.fma.f32(float %v243, float %v232, float %v228)
  %v245 = mul i64 %v225, 4
  %v246 = getelementptr i8, ptr %v148, i64 %v245
  %v247 = load float, ptr %v246, align 4
  %v248 = call float @llvm.fma.f32(float %v247, float %v232, float %v229)
  %v249 = add i64 %v225, 1
  %v250 = icmp slt i64 %v249, %v21
  br i1 %v250, label %loop222, label %done223
done223:
  %v251 = phi float [ %v191, %done150 ], [ %v236, %loop222 ]
  %v252 = phi float [ %v201, %done150 ], [ %v240, %loop222 ]
  %v253 = phi float [ %v211, %done150 ], [ %v244, %loop222 ]
  %v254 = phi float [ %v221, %done150 ], [ %v248, %loop222 ]
  %v255 = mul i64 %v137, 4
  %v256 = getelementptr i8, ptr %v61, i64 %v255
  store float %v251, ptr %v256, align 4
  %v257 = add i64 %v137, 1
  %v258 = mul i64 %v257, 4
  %v259 = getelementptr i8, ptr %v61, i64 %v258
  store float %v252, ptr %v259, align 4
  %v260 = add i64 %v137, 2
  %v261 = mul i64 %v260, 4
  %v262 = getelementptr i8, ptr %v61, i64 %v261
  store float %v253, ptr %v262, align 4
  %v263 = add i64 %v137, 3
  %v264 = mul i64 %v263, 4
  %v265 = getelementptr i8, ptr %v61, i64 %v264
  store float %v254, ptr %v265, align 4
  %v266 = add i64 %v137, 4
  %v267 = icmp slt i64 %v266, %v133
  br i1 %v267, label %loop134, label %done135
done135:
  %v270 = icmp slt i64 %v133, %v115
  br i1 %v270, label %loop268, label %done269
loop268:
  %v271 = phi i64 [ %v133, %done135 ], [ %v316, %done300 ]
  %v272 = mul i64 %v271, %v37
  %v273 = getelementptr i8, ptr %v127, i64 %v272
  %v276 = icmp slt i64 0, %v131
  br i1 %v276, label %loop274, label %done275
loop274:
  %v277 = phi i64 [ 0, %loop268 ], [ %v286, %loop274 ]
  %v278 = phi <8 x float> [ splat (float 0x0000000000000000), %loop268 ], [ %v285, %loop274 ]
  %v279 = mul i64 %v277, 4
  %v280 = getelementptr i8, ptr %v10, i64 %v279
  %v281 = load <8 x float>, ptr %v280, align 4
  %v282 = mul i64 %v277, 4
  %v283 = getelementptr i8, ptr %v273, i64 %v282
  %v284 = load <8 x float>, ptr %v283, align 4
  %v285 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v284, <8 x float> %v281, <8 x float> %v278)
  %v286 = add i64 %v277, 8
  %v287 = icmp slt i64 %v286, %v131
  br i1 %v287, label %loop274, label %done275
done275:
  %v288 = phi <8 x float> [ splat (float 0x0000000000000000), %loop268 ], [ %v285, %loop274 ]
  %v289 = shufflevector <8 x float> %v288, <8 x float> %v288, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v290 = shufflevector <8 x float> %v288, <8 x float> %v288, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v291 = fadd <4 x float> %v289, %v290
  %v292 = shufflevector <4 x float> %v291, <4 x float> %v291, <2 x i32> <i32 0, i32 1>
  %v293 = shufflevector <4 x float> %v291, <4 x float> %v291, <2 x i32> <i32 2, i32 3>
  %v294 = fadd <2 x float> %v292, %v293
  %v295 = shufflevector <2 x float> %v294, <2 x float> %v294, <1 x i32> <i32 0>
  %v296 = shufflevector <2 x float> %v294, <2 x float> %v294, <1 x i32> <i32 1>
  %v297 = fadd <1 x float> %v295, %v296
  %v298 = extractelement <1 x float> %v297, i64 0
  %v301 = icmp slt i64 %v131, %v21
  br i1 %v301, label %loop299, label %done300
loop299:
  %v302 = phi i64 [ %v131, %done275 ], [ %v311, %loop299 ]
  %v303 = phi float [ %v298, %done275 ], [ %v310, %loop299 ]
  %v304 = mul i64 %v302, 4
  %v305 = getelementptr i8, ptr %v10, i64 %v304
  %v306 = load float, ptr %v305, align 4
  %v307 = mul i64 %v302, 4
  %v308 = getelementptr i8, ptr %v273, i64 %v307
  %v309 = load float, ptr %v308, align 4
  %v310 = call float @llvm.fma.f32(float %v309, float %v306, float %v303)
  %v311 = add i64 %v302, 1
  %v312 = icmp slt i64 %v311, %v21
  br i1 %v312, label %loop299, label %done300
done300:
  %v313 = phi float [ %v298, %done275 ], [ %v310, %loop299 ]
  %v314 = mul i64 %v271, 4
  %v315 = getelementptr i8, ptr %v61, i64 %v314
  store float %v313, ptr %v315, align 4
  %v316 = add i64 %v271, 1
  %v317 = icmp slt i64 %v316, %v115
  br i1 %v317, label %loop268, label %done269
done269:
  %v318 = insertelement <8 x float> poison, float %v112, i32 0
  %v319 = shufflevector <8 x float> %v318, <8 x float> poison, <8 x i32> zeroinitializer
  %v322 = icmp slt i64 0, 64
  br i1 %v322, label %loop320, label %done321
loop320:
  %v323 = phi i64 [ 0, %done269 ], [ %v330, %loop320 ]
  %v324 = phi <8 x float> [ %v319, %done269 ], [ %v329, %loop320 ]
  %v325 = mul i64 %v323, 4
  %v326 = getelementptr i8, ptr %v61, i64 %v325
  %v327 = load <8 x float>, ptr %v326, align 4
  %v328 = fcmp ogt <8 x float> %v327, %v324
  %v329 = select <8 x i1> %v328, <8 x float> %v327, <8 x float> %v324
  %v330 = add i64 %v323, 8
  %v331 = icmp slt i64 %v330, 64
  br i1 %v331, label %loop320, label %done321
done321:
  %v332 = phi <8 x float> [ %v319, %done269 ], [ %v329, %loop320 ]
  %v333 = shufflevector <8 x float> %v332, <8 x float> %v332, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v334 = shufflevector <8 x float> %v332, <8 x float> %v332, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v335 = fcmp ogt <4 x float> %v333, %v334
  %v336 = select <4 x i1> %v335, <4 x float> %v333, <4 x float> %v334
  %v337 = shufflevector <4 x float> %v336, <4 x float> %v336, <2 x i32> <i32 0, i32 1>
  %v338 = shufflevector <4 x float> %v336, <4 x float> %v336, <2 x i32> <i32 2, i32 3>
  %v339 = fcmp ogt <2 x float> %v337, %v338
  %v340 = select <2 x i1> %v339, <2 x float> %v337, <2 x float> %v338
  %v341 = shufflevector <2 x float> %v340, <2 x float> %v340, <1 x i32> <i32 0>
  %v342 = shufflevector <2 x float> %v340, <2 x float> %v340, <1 x i32> <i32 1>
  %v343 = fcmp ogt <1 x float> %v341, %v342
  %v344 = select <1 x i1> %v343, <1 x float> %v341, <1 x float> %v342
  %v345 = extractelement <1 x float> %v344, i64 0
  %v346 = fcmp oeq float %v345, 0xFFF0000000000000
  %v347 = select i1 %v346, float 0x0000000000000000, float %v345
  %v348 = fsub float %v112, %v347
  %v349 = fcmp olt float %v348, 0xC05FC00000000000
  %v350 = select i1 %v349, float 0xC05FC00000000000, float %v348
  %v351 = fadd float %v350, 0x4168000FE0000000
  %v352 = fsub float %v351, 0x4168000FE0000000
  %v353 = fsub float %v350, %v352
  %v354 = call float @llvm.fma.f32(float 0x3F24BA1AA0000000, float %v353, float 0x3F55FC1AE0000000)
  %v355 = call float @llvm.fma.f32(float %v354, float %v353, float 0x3F83B21C80000000)
  %v356 = call float @llvm.fma.f32(float %v355, float %v353, float 0x3FAC6ADA60000000)
  %v357 = call float @llvm.fma.f32(float %v356, float %v353, float 0x3FCEBFBE60000000)
  %v358 = call float @llvm.fma.f32(float %v357, float %v353, float 0x3FE62E4320000000)
  %v359 = call float @llvm.fma.f32(float %v358, float %v353, float 0x3FF0000000000000)
  %v360 = bitcast float %v351 to i32
  %v361 = shl i32 %v360, 23
  %v362 = bitcast i32 %v361 to float
  %v363 = fmul float %v359, %v362
  %v364 = insertelement <8 x float> poison, float %v347, i32 0
  %v365 = shufflevector <8 x float> %v364, <8 x float> poison, <8 x i32> zeroinitializer
  %v366 = insertelement <8 x float> poison, float %v363, i32 0
  %v367 = shufflevector <8 x float> %v366, <8 x float> poison, <8 x i32> zeroinitializer
  %v368 = fmul <8 x float> %v113, %v367
  %v371 = icmp slt i64 0, 64
  br i1 %v371, label %loop369, label %done370
loop369:
  %v372 = phi i64 [ 0, %done321 ], [ %v396, %loop369 ]
  %v373 = phi <8 x float> [ %v368, %done321 ], [ %v395, %loop369 ]
  %v374 = mul i64 %v372, 4
  %v375 = getelementptr i8, ptr %v61, i64 %v374
  %v376 = load <8 x float>, ptr %v375, align 4
  %v377 = fsub <8 x float> %v376, %v365
  %v378 = fcmp olt <8 x float> %v377, splat (float 0xC05FC00000000000)
  %v379 = select <8 x i1> %v378, <8 x float> splat (float 0xC05FC00000000000), <8 x float> %v377
  %v380 = fadd <8 x float> %v379, splat (float 0x4168000FE0000000)
  %v381 = fsub <8 x float> %v380, splat (float 0x4168000FE0000000)
  %v382 = fsub <8 x float> %v379, %v381
  %v383 = call <8 x float> @llvm.fma.v8f32(<8 x float> splat (float 0x3F24BA1AA0000000), <8 x float> %v382, <8 x float> splat (float 0x3F55FC1AE0000000))
  %v384 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v383, <8 x float> %v382, <8 x float> splat (float 0x3F83B21C80000000))
  %v385 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v384, <8 x float> %v382, <8 x float> splat (float 0x3FAC6ADA60000000))
  %v386 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v385, <8 x float> %v382, <8 x float> splat (float 0x3FCEBFBE60000000))
  %v387 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v386, <8 x float> %v382, <8 x float> splat (float 0x3FE62E4320000000))
  %v388 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v387, <8 x float> %v382, <8 x float> splat (float 0x3FF0000000000000))
  %v389 = bitcast <8 x float> %v380 to <8 x i32>
  %v390 = shl <8 x i32> %v389, splat (i32 23)
  %v391 = bitcast <8 x i32> %v390 to <8 x float>
  %v392 = fmul <8 x float> %v388, %v391
  %v393 = mul i64 %v372, 4
  %v394 = getelementptr i8, ptr %v61, i64 %v393
  store <8 x float> %v392, ptr %v394, align 4
  %v395 = fadd <8 x float> %v373, %v392
  %v396 = add i64 %v372, 8
  %v397 = icmp slt i64 %v396, 64
  br i1 %v397, label %loop369, label %done370
done370:
  %v398 = phi <8 x float> [ %v368, %done321 ], [ %v395, %loop369 ]
  %v399 = mul i64 %v111, %v37
  %v400 = getelementptr i8, ptr %v81, i64 %v399
  %v401 = mul i64 %v111, %v45
  %v402 = getelementptr i8, ptr %v85, i64 %v401
  %v403 = urem i64 %v23, 32
  %v404 = sub i64 %v23, %v403
  %v405 = urem i64 %v23, 8
  %v406 = sub i64 %v23, %v405
  %v409 = icmp slt i64 0, %v404
  br i1 %v409, label %loop407, label %done408
loop407:
  %v410 = phi i64 [ 0, %done370 ], [ %v466, %done435 ]
  %v411 = mul i64 %v410, 4
  %v412 = getelementptr i8, ptr %v62, i64 %v411
  %v413 = mul i64 %v410, 4
  %v414 = getelementptr i8, ptr %v402, i64 %v413
  %v415 = getelementptr i8, ptr %v412, i64 32
  %v416 = getelementptr i8, ptr %v412, i64 64
  %v417 = getelementptr i8, ptr %v412, i64 96
  %v418 = load <8 x float>, ptr %v412, align 4
  %v419 = insertelement <8 x float> poison, float %v363, i32 0
  %v420 = shufflevector <8 x float> %v419, <8 x float> poison, <8 x i32> zeroinitializer
  %v421 = fmul <8 x float> %v418, %v420
  %v422 = load <8 x float>, ptr %v415, align 4
  %v423 = insertelement <8 x float> poison, float %v363, i32 0
  %v424 = shufflevector <8 x float> %v423, <8 x float> poison, <8 x i32> zeroinitializer
  %v425 = fmul <8 x float> %v422, %v424
  %v426 = load <8 x float>, ptr %v416, align 4
  %v427 = insertelement <8 x float> poison, float %v363, i32 0
  %v428 = shufflevector <8 x float> %v427, <8 x float> poison, <8 x i32> zeroinitializer
  %v429 = fmul <8 x float> %v426, %v428
  %v430 = load <8 x float>, ptr %v417, align 4
  %v431 = insertelement <8 x float> poison, float %v363, i32 0
  %v432 = shufflevector <8 x float> %v431, <8 x float> poison, <8 x i32> zeroinitializer
  %v433 = fmul <8 x float> %v430, %v432
  %v436 = icmp slt i64 0, %v115
  br i1 %v436, label %loop434, label %done435
loop434:
  %v437 = phi i64 [ 0, %loop407 ], [ %v460, %loop434 ]
  %v438 = phi <8 x float> [ %v421, %loop407 ], [ %v450, %loop434 ]
  %v439 = phi <8 x float> [ %v425, %loop407 ], [ %v453, %loop434 ]
  %v440 = phi <8 x float> [ %v429, %loop407 ], [ %v456, %loop434 ]
  %v441 = phi <8 x float> [ %v433, %loop407 ], [ %v459, %loop434 ]
  %v442 = mul i64 %v437, 4
  %v443 = getelementptr i8, ptr %v61, i64 %v442
  %v444 = load float, ptr %v443, align 4
  %v445 = insertelement <8 x float> poison, float %v444, i32 0
  %v446 = shufflevector <8 x float> %v445, <8 x float> poison, <8 x i32> zeroinitializer
  %v447 = mul i64 %v437, %v45
  %v448 = getelementptr i8, ptr %v414, i64 %v447
  %v449 = load <8 x float>, ptr %v448, align 4
  %v450 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v446, <8 x float> %v449, <8 x float> %v438)
  %v451 = getelementptr i8, ptr %v448, i64 32
  %v452 = load <8 x float>, ptr %v451, align 4
  %v453 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v446, <8 x float> %v452, <8 x float> %v439)
  %v454 = getelementptr i8, ptr %v448, i64 64
  %v455 = load <8 x float>, ptr %v454, align 4
  %v456 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v446, <8 x float> %v455, <8 x float> %v440)
  %v457 = getelementptr i8, ptr %v448, i64 96
  %v458 = load <8 x float>, ptr %v457, align 4
  %v459 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v446, <8 x float> %v458, <8 x float> %v441)
  %v460 = add i64 %v437, 1
  %v461 = icmp slt i64 %v460, %v115
  br i1 %v461, label %loop434, label %done435
done435:
  %v462 = phi <8 x float> [ %v421, %loop407 ], [ %v450, %loop434 ]
  %v463 = phi <8 x float> [ %v425, %loop407 ], [ %v453, %loop434 ]
  %v464 = phi <8 x float> [ %v429, %loop407 ], [ %v456, %loop434 ]
  %v465 = phi <8 x float> [ %v433, %loop407 ], [ %v459, %loop434 ]
  store <8 x float> %v462, ptr %v412, align 4
  store <8 x float> %v463, ptr %v415, align 4
  store <8 x float> %v464, ptr %v416, align 4
  store <8 x float> %v465, ptr %v417, align 4
  %v466 = add i64 %v410, 32
  %v467 = icmp slt i64 %v466, %v404
  br i1 %v467, label %loop407, label %done408
done408:
  %v470 = icmp slt i64 %v404, %v406
  br i1 %v470, label %loop468, label %done469
loop468:
  %v471 = phi i64 [ %v404, %done408 ], [ %v497, %done481 ]
  %v472 = mul i64 %v471, 4
  %v473 = getelementptr i8, ptr %v62, i64 %v472
  %v474 = mul i64 %v471, 4
  %v475 = getelementptr i8, ptr %v402, i64 %v474
  %v476 = load <8 x float>, ptr %v473, align 4
  %v477 = insertelement <8 x float> poison, float %v363, i32 0
  %v478 = shufflevector <8 x float> %v477, <8 x float> poison, <8 x i32> zeroinitializer
  %v479 = fmul <8 x float> %v476, %v478
  %v482 = icmp slt i64 0, %v115
  br i1 %v482, label %loop480, label %done481
loop480:
  %v483 = phi i64 [ 0, %loop468 ], [ %v494, %loop480 ]
  %v484 = phi <8 x float> [ %v479, %loop468 ], [ %v493, %loop480 ]
  %v485 = mul i64 %v483, 4
  %v486 = getelementptr i8, ptr %v61, i64 %v485
  %v487 = load float, ptr %v486, align 4
  %v488 = insertelement <8 x float> poison, float %v487, i32 0
  %v489 = shufflevector <8 x float> %v488, <8 x float> poison, <8 x i32> zeroinitializer
  %v490 = mul i64 %v483, %v45
  %v491 = getelementptr i8, ptr %v475, i64 %v490
  %v492 = load <8 x float>, ptr %v491, align 4
  %v493 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v489, <8 x float> %v492, <8 x float> %v484)
  %v494 = add i64 %v483, 1
  %v495 = icmp slt i64 %v494, %v115
  br i1 %v495, label %loop480, label %done481
done481:
  %v496 = phi <8 x float> [ %v479, %loop468 ], [ %v493, %loop480 ]
  store <8 x float> %v496, ptr %v473, align 4
  %v497 = add i64 %v471, 8
  %v498 = icmp slt i64 %v497, %v406
  br i1 %v498, label %loop468, label %done469
done469:
  %v501 = icmp slt i64 %v406, %v23
  br i1 %v501, label %loop499, label %done500
loop499:
  %v502 = phi i64 [ %v406, %done469 ], [ %v524, %done510 ]
  %v503 = mul i64 %v502, 4
  %v504 = getelementptr i8, ptr %v62, i64 %v503
  %v505 = mul i64 %v502, 4
  %v506 = getelementptr i8, ptr %v402, i64 %v505
  %v507 = load float, ptr %v504, align 4
  %v508 = fmul float %v507, %v363
  %v511 = icmp slt i64 0, %v115
  br i1 %v511, label %loop509, label %done510
loop509:
  %v512 = phi i64 [ 0, %loop499 ], [ %v521, %loop509 ]
  %v513 = phi float [ %v508, %loop499 ], [ %v520, %loop509 ]
  %v514 = mul i64 %v512, 4
  %v515 = getelementptr i8, ptr %v61, i64 %v514
  %v516 = load float, ptr %v515, align 4
  %v517 = mul i64 %v512, %v45
  %v518 = getelementptr i8, ptr %v506, i64 %v517
  %v519 = load float, ptr %v518, align 4
  %v520 = call float @llvm.fma.f32(float %v516, float %v519, float %v513)
  %v521 = add i64 %v512, 1
  %v522 = icmp slt i64 %v521, %v115
  br i1 %v522, label %loop509, label %done510
done510:
  %v523 = phi float [ %v508, %loop499 ], [ %v520, %loop509 ]
  store float %v523, ptr %v504, align 4
  %v524 = add i64 %v502, 1
  %v525 = icmp slt i64 %v524, %v23
  br i1 %v525, label %loop499, label %done500
done500:
  %v526 = add i64 %v111, 64
  %v527 = icmp slt i64 %v526, %v87
  br i1 %v527, label %loop108, label %done109
done109:
  %v528 = phi float [ 0xFFF0000000000000, %done101 ], [ %v345, %done500 ]
  %v529 = phi <8 x float> [ splat (float 0x0000000000000000), %done101 ], [ %v398, %done500 ]
  %v530 = shufflevector <8 x float> %v529, <8 x float> %v529, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v531 = shufflevector <8 x float> %v529, <8 x float> %v529, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v532 = fadd <4 x float> %v530, %v531
  %v533 = shufflevector <4 x float> %v532, <4 x float> %v532, <2 x i32> <i32 0, i32 1>
  %v534 = shufflevector <4 x float> %v532, <4 x float> %v532, <2 x i32> <i32 2, i32 3>
  %v535 = fadd <2 x float> %v533, %v534
  %v536 = shufflevector <2 x float> %v535, <2 x float> %v535, <1 x i32> <i32 0>
  %v537 = shufflevector <2 x float> %v535, <2 x float> %v535, <1 x i32> <i32 1>
  %v538 = fadd <1 x float> %v536, %v537
  %v539 = extractelement <1 x float> %v538, i64 0
  %v540 = fcmp oeq float %v528, 0xFFF0000000000000
  %v541 = select i1 %v540, float 0x0000000000000000, float %v528
  %v542 = fcmp oeq float %v539, 0x0000000000000000
  %v543 = fdiv float 0x3FF0000000000000, %v539
  %v544 = select i1 %v542, float 0x0000000000000000, float %v543
  %v545 = mul i64 %v23, 4
  %v546 = mul i64 %v66, %v545
  %v547 = getelementptr i8, ptr %v54, i64 %v546
  %v550 = icmp slt i64 0, %v23
  br i1 %v550, label %loop548, label %done549
loop548:
  %v551 = phi i64 [ 0, %done109 ], [ %v558, %loop548 ]
  %v552 = mul i64 %v551, 4
  %v553 = getelementptr i8, ptr %v62, i64 %v552
  %v554 = load float, ptr %v553, align 4
  %v555 = fmul float %v554, %v544
  %v556 = mul i64 %v551, 4
  %v557 = getelementptr i8, ptr %v547, i64 %v556
  store float %v555, ptr %v557, align 4
  %v558 = add i64 %v551, 1
  %v559 = icmp slt i64 %v558, %v23
  br i1 %v559, label %loop548, label %done549
done549:
  %v560 = mul i64 %v68, 2
  %v561 = mul i64 %v560, %v17
  %v562 = add i64 %v561, %v67
  %v563 = mul i64 %v562, 4
  %v564 = getelementptr i8, ptr %v56, i64 %v563
  store float %v541, ptr %v564, align 4
  %v565 = add i64 %v562, %v17
  %v566 = mul i64 %v565, 4
  %v567 = getelementptr i8, ptr %v56, i64 %v566
  store float %v544, ptr %v567, align 4
  %v568 = add i64 %v66, 1
  %v569 = icmp slt i64 %v568, %end
  br i1 %v569, label %loop63, label %done64
done64:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
