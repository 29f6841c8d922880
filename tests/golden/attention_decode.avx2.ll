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
  %v66 = phi i64 [ %begin, %work2 ], [ %v567, %done548 ]
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
  %v111 = phi i64 [ 0, %done99 ], [ %v525, %done499 ]
  %v112 = phi float [ 0xFFF0000000000000, %done99 ], [ %v343, %done499 ]
  %v113 = phi <8 x float> [ splat (float 0x0000000000000000), %done99 ], [ %v396, %done499 ]
  %v114 = sub i64 %v107, %v111
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
  %v128 = urem i64 %v21, 8
  %v129 = sub i64 %v21, %v128
  %v130 = urem i64 %v115, 4
  %v131 = sub i64 %v115, %v130
  %v134 = icmp slt i64 0, %v131
  br i1 %v134, label %loop132, label %done133
loop132:
  %v135 = phi i64 [ 0, %done117 ], [ %v264, %done221 ]
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
  %v151 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v161, %loop147 ]
  %v152 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v165, %loop147 ]
  %v153 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v169, %loop147 ]
  %v154 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v173, %loop147 ]
  %v155 = mul i64 %v150, 4
  %v156 = getelementptr i8, ptr %v10, i64 %v155
  %v157 = load <8 x float>, ptr %v156, align 4
  %v158 = mul i64 %v150, 4
  %v159 = getelementptr i8, ptr %v137, i64 %v158
  %v160 = load <8 x float>, ptr %v159, align 4
  %v161 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v160, <8 x float> %v157, <8 x float> %v151)
  %v162 = mul i64 %v150, 4
  %v163 = getelementptr i8, ptr %v140, i64 %v162
  %v164 = load <8 x float>, ptr %v163, align 4
  %v165 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v164, <8 x float> %v157, <8 x float> %v152)
  %v166 = mul i64 %v150, 4
  %v167 = getelementptr i8, ptr %v143, i64 %v166
  %v168 = load <8 x float>, ptr %v167, align 4
  %v169 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v168, <8 x float> %v157, <8 x float> %v153)
  %v170 = mul i64 %v150, 4
  %v171 = getelementptr i8, ptr %v146, i64 %v170
  %v172 = load <8 x float>, ptr %v171, align 4
  %v173 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v172, <8 x float> %v157, <8 x float> %v154)
  %v174 = add i64 %v150, 8
  %v175 = icmp slt i64 %v174, %v129
  br i1 %v175, label %loop147, label %done148
done148:
  %v176 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v161, %loop147 ]
  %v177 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v165, %loop147 ]
  %v178 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v169, %loop147 ]
  %v179 = phi <8 x float> [ splat (float 0x0000000000000000), %loop132 ], [ %v173, %loop147 ]
  %v180 = shufflevector <8 x float> %v176, <8 x float> %v176, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v181 = shufflevector <8 x float> %v176, <8 x float> %v176, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v182 = fadd <4 x float> %v180, %v181
  %v183 = shufflevector <4 x float> %v182, <4 x float> %v182, <2 x i32> <i32 0, i32 1>
  %v184 = shufflevector <4 x float> %v182, <4 x float> %v182, <2 x i32> <i32 2, i32 3>
  %v185 = fadd <2 x float> %v183, %v184
  %v186 = shufflevector <2 x float> %v185, <2 x float> %v185, <1 x i32> <i32 0>
  %v187 = shufflevector <2 x float> %v185, <2 x float> %v185, <1 x i32> <i32 1>
  %v188 = fadd <1 x float> %v186, %v187
  %v189 = extractelement <1 x float> %v188, i64 0
  %v190 = shufflevector <8 x float> %v177, <8 x float> %v177, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v191 = shufflevector <8 x float> %v177, <8 x float> %v177, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v192 = fadd <4 x float> %v190, %v191
  %v193 = shufflevector <4 x float> %v192, <4 x float> %v192, <2 x i32> <i32 0, i32 1>
  %v194 = shufflevector <4 x float> %v192, <4 x float> %v192, <2 x i32> <i32 2, i32 3>
  %v195 = fadd <2 x float> %v193, %v194
  %v196 = shufflevector <2 x float> %v195, <2 x float> %v195, <1 x i32> <i32 0>
  %v197 = shufflevector <2 x float> %v195, <2 x float> %v195, <1 x i32> <i32 1>
  %v198 = fadd <1 x float> %v196, %v197
  %v199 = extractelement <1 x float> %v198, i64 0
  %v200 = shufflevector <8 x float> %v178, <8 x float> %v178, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v201 = shufflevector <8 x float> %v178, <8 x float> %v178, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v202 = fadd <4 x float> %v200, %v201
  %v203 = shufflevector <4 x float> %v202, <4 x float> %v202, <2 x i32> <i32 0, i32 1>
  %v204 = shufflevector <4 x float> %v202, <4 x float> %v202, <2 x i32> <i32 2, i32 3>
  %v205 = fadd <2 x float> %v203, %v204
  %v206 = shufflevector <2 x float> %v205, <2 x float> %v205, <1 x i32> <i32 0>
  %v207 = shufflevector <2 x float> %v205, <2 x float> %v205, <1 x i32> <i32 1>
  %v208 = fadd <1 x float> %v206, %v207
  %v209 = extractelement <1 x float> %v208, i64 0
  %v210 = shufflevector <8 x float> %v179, <8 x float> %v179, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v211 = shufflevector <8 x float> %v179, <8 x float> %v179, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v212 = fadd <4 x float> %v210, %v211
  %v213 = shufflevector <4 x float> %v212, <4 x float> %v212, <2 x i32> <i32 0, i32 1>
  %v214 = shufflevector <4 x float> %v212, <4 x float> %v212, <2 x i32> <i32 2, i32 3>
  %v215 = fadd <2 x float> %v213, %v214
  %v216 = shufflevector <2 x float> %v215, <2 x float> %v215, <1 x i32> <i32 0>
  %v217 = shufflevector <2 x float> %v215, <2 x float> %v215, <1 x i32> <i32 1>
  %v218 = fadd <1 x float> %v216, %v217
  %v219 = extractelement <1 x float> %v218, i64 0
  %v222 = icmp slt i64 %v129, %v21
  br i1 %v222, label %loop220, label %done221
loop220:
  %v223 = phi i64 [ %v129, %done148 ], [ %v247, %loop220 ]
  %v224 = phi float [ %v189, %done148 ], [ %v234, %loop220 ]
  %v225 = phi float [ %v199, %done148 ], [ %v238, %loop220 ]
  %v226 = phi float [ %v209, %done148 ], [ %v242, %loop220 ]
  %v227 = phi float [ %v219, %done148 ], [ %v246, %loop220 ]
  %v228 = mul i64 %v223, 4
  %v229 = getelementptr i8, ptr %v10, i64 %v228
  %v230 = load float, ptr %v229, align 4
  %v231 = mul i64 %v223, 4
  %v232 = getelementptr i8, ptr %v137, i64 %v231
  %v233 = load float, ptr %v232, align 4
  %v234 = call float @llvm.fma.f32(float %v233, float %v230, float %v224)
  %v235 = mul i64 %v223, 4
  %v236 = getelementptr i8, ptr %v140, i64 %v235
  %v237 = load float, ptr %v236, align 4
  %v238 = call float @llvm.fma.f32(float %v237, float %v230, float %v225)
  %v239 = mul i64 %v223, 4
  %v240 = getelementptr i8, ptr %v143, i64 %v239
  %v241 = load float, ptr %v240, align 4
  %v242 = call float @llvm.fma.f32(float %v241, float %v230, float %v226)
  %v243 = mul i64 %v223, 4
  %v244 = getelementptr i8, ptr %v146, i64 %v243
  %v245 = load float, ptr %v244, align 4
  %v246 = call float @llvm.fma.f32(float %v245, float %v230, float %v227)
  %v247 = add i64 %v223, 1
  %v248 = icmp slt i64 %v247, %v21
  br i1 %v248, label %loop220, label %done221
done221:
  %v249 = phi float [ %v189, %done148 ], [ %v234, %loop220 ]
  %v250 = phi float [ %v199, %done148 ], [ %v238, %loop220 ]
  %v251 = phi float [ %v209, %done148 ], [ %v242, %loop220 ]
  %v252 = phi float [ %v219, %done148 ], [ %v246, %loop220 ]
  %v253 = mul i64 %v135, 4
  %v254 = getelementptr i8, ptr %v61, i64 %v253
  store float %v249, ptr %v254, align 4
  %v255 = add i64 %v135, 1
  %v256 = mul i64 %v255, 4
  %v257 = getelementptr i8, ptr %v61, i64 %v256
  store float %v250, ptr %v257, align 4
  %v258 = add i64 %v135, 2
  %v259 = mul i64 %v258, 4
  %v260 = getelementptr i8, ptr %v61, i64 %v259
  store float %v251, ptr %v260, align 4
  %v261 = add i64 %v135, 3
  %v262 = mul i64 %v261, 4
  %v263 = getelementptr i8, ptr %v61, i64 %v262
  store float %v252, ptr %v263, align 4
  %v264 = add i64 %v135, 4
  %v265 = icmp slt i64 %v264, %v131
  br i1 %v265, label %loop132, label %done133
done133:
  %v268 = icmp slt i64 %v131, %v115
  br i1 %v268, label %loop266, label %done267
loop266:
  %v269 = phi i64 [ %v131, %done133 ], [ %v314, %done298 ]
  %v270 = mul i64 %v269, %v37
  %v271 = getelementptr i8, ptr %v127, i64 %v270
  %v274 = icmp slt i64 0, %v129
  br i1 %v274, label %loop272, label %done273
loop272:
  %v275 = phi i64 [ 0, %loop266 ], [ %v284, %loop272 ]
  %v276 = phi <8 x float> [ splat (float 0x0000000000000000), %loop266 ], [ %v283, %loop272 ]
  %v277 = mul i64 %v275, 4
  %v278 = getelementptr i8, ptr %v10, i64 %v277
  %v279 = load <8 x float>, ptr %v278, align 4
  %v280 = mul i64 %v275, 4
  %v281 = getelementptr i8, ptr %v271, i64 %v280
  %v282 = load <8 x float>, ptr %v281, align 4
  %v283 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v282, <8 x float> %v279, <8 x float> %v276)
  %v284 = add i64 %v275, 8
  %v285 = icmp slt i64 %v284, %v129
  br i1 %v285, label %loop272, label %done273
done273:
  %v286 = phi <8 x float> [ splat (float 0x0000000000000000), %loop266 ], [ %v283, %loop272 ]
  %v287 = shufflevector <8 x float> %v286, <8 x float> %v286, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v288 = shufflevector <8 x float> %v286, <8 x float> %v286, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v289 = fadd <4 x float> %v287, %v288
  %v290 = shufflevector <4 x float> %v289, <4 x float> %v289, <2 x i32> <i32 0, i32 1>
  %v291 = shufflevector <4 x float> %v289, <4 x float> %v289, <2 x i32> <i32 2, i32 3>
  %v292 = fadd <2 x float> %v290, %v291
  %v293 = shufflevector <2 x float> %v292, <2 x float> %v292, <1 x i32> <i32 0>
  %v294 = shufflevector <2 x float> %v292, <2 x float> %v292, <1 x i32> <i32 1>
  %v295 = fadd <1 x float> %v293, %v294
  %v296 = extractelement <1 x float> %v295, i64 0
  %v299 = icmp slt i64 %v129, %v21
  br i1 %v299, label %loop297, label %done298
loop297:
  %v300 = phi i64 [ %v129, %done273 ], [ %v309, %loop297 ]
  %v301 = phi float [ %v296, %done273 ], [ %v308, %loop297 ]
  %v302 = mul i64 %v300, 4
  %v303 = getelementptr i8, ptr %v10, i64 %v302
  %v304 = load float, ptr %v303, align 4
  %v305 = mul i64 %v300, 4
  %v306 = getelementptr i8, ptr %v271, i64 %v305
  %v307 = load float, ptr %v306, align 4
  %v308 = call float @llvm.fma.f32(float %v307, float %v304, float %v301)
  %v309 = add i64 %v300, 1
  %v310 = icmp slt i64 %v309, %v21
  br i1 %v310, label %loop297, label %done298
done298:
  %v311 = phi float [ %v296, %done273 ], [ %v308, %loop297 ]
  %v312 = mul i64 %v269, 4
  %v313 = getelementptr i8, ptr %v61, i64 %v312
  store float %v311, ptr %v313, align 4
  %v314 = add i64 %v269, 1
  %v315 = icmp slt i64 %v314, %v115
  br i1 %v315, label %loop266, label %done267
done267:
  %v316 = insertelement <8 x float> poison, float %v112, i32 0
  %v317 = shufflevector <8 x float> %v316, <8 x float> poison, <8 x i32> zeroinitializer
  %v320 = icmp slt i64 0, 64
  br i1 %v320, label %loop318, label %done319
loop318:
  %v321 = phi i64 [ 0, %done267 ], [ %v328, %loop318 ]
  %v322 = phi <8 x float> [ %v317, %done267 ], [ %v327, %loop318 ]
  %v323 = mul i64 %v321, 4
  %v324 = getelementptr i8, ptr %v61, i64 %v323
  %v325 = load <8 x float>, ptr %v324, align 4
  %v326 = fcmp ogt <8 x float> %v325, %v322
  %v327 = select <8 x i1> %v326, <8 x float> %v325, <8 x float> %v322
  %v328 = add i64 %v321, 8
  %v329 = icmp slt i64 %v328, 64
  br i1 %v329, label %loop318, label %done319
done319:
  %v330 = phi <8 x float> [ %v317, %done267 ], [ %v327, %loop318 ]
  %v331 = shufflevector <8 x float> %v330, <8 x float> %v330, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v332 = shufflevector <8 x float> %v330, <8 x float> %v330, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v333 = fcmp ogt <4 x float> %v331, %v332
  %v334 = select <4 x i1> %v333, <4 x float> %v331, <4 x float> %v332
  %v335 = shufflevector <4 x float> %v334, <4 x float> %v334, <2 x i32> <i32 0, i32 1>
  %v336 = shufflevector <4 x float> %v334, <4 x float> %v334, <2 x i32> <i32 2, i32 3>
  %v337 = fcmp ogt <2 x float> %v335, %v336
  %v338 = select <2 x i1> %v337, <2 x float> %v335, <2 x float> %v336
  %v339 = shufflevector <2 x float> %v338, <2 x float> %v338, <1 x i32> <i32 0>
  %v340 = shufflevector <2 x float> %v338, <2 x float> %v338, <1 x i32> <i32 1>
  %v341 = fcmp ogt <1 x float> %v339, %v340
  %v342 = select <1 x i1> %v341, <1 x float> %v339, <1 x float> %v340
  %v343 = extractelement <1 x float> %v342, i64 0
  %v344 = fcmp oeq float %v343, 0xFFF0000000000000
  %v345 = select i1 %v344, float 0x0000000000000000, float %v343
  %v346 = fsub float %v112, %v345
  %v347 = fcmp olt float %v346, 0xC05FC00000000000
  %v348 = select i1 %v347, float 0xC05FC00000000000, float %v346
  %v349 = fadd float %v348, 0x4168000FE0000000
  %v350 = fsub float %v349, 0x4168000FE0000000
  %v351 = fsub float %v348, %v350
  %v352 = call float @llvm.fma.f32(float 0x3F244138A0000000, float %v351, float 0x3F55F08900000000)
  %v353 = call float @llvm.fma.f32(float %v352, float %v351, float 0x3F83B2A540000000)
  %v354 = call float @llvm.fma.f32(float %v353, float %v351, float 0x3FAC6AF6C0000000)
  %v355 = call float @llvm.fma.f32(float %v354, float %v351, float 0x3FCEBFBE00000000)
  %v356 = call float @llvm.fma.f32(float %v355, float %v351, float 0x3FE62E4300000000)
  %v357 = call float @llvm.fma.f32(float %v356, float %v351, float 0x3FF0000000000000)
  %v358 = bitcast float %v349 to i32
  %v359 = shl i32 %v358, 23
  %v360 = bitcast i32 %v359 to float
  %v361 = fmul float %v357, %v360
  %v362 = insertelement <8 x float> poison, float %v345, i32 0
  %v363 = shufflevector <8 x float> %v362, <8 x float> poison, <8 x i32> zeroinitializer
  %v364 = insertelement <8 x float> poison, float %v361, i32 0
  %v365 = shufflevector <8 x float> %v364, <8 x float> poison, <8 x i32> zeroinitializer
  %v366 = fmul <8 x float> %v113, %v365
  %v369 = icmp slt i64 0, 64
  br i1 %v369, label %loop367, label %done368
loop367:
  %v370 = phi i64 [ 0, %done319 ], [ %v394, %loop367 ]
  %v371 = phi <8 x float> [ %v366, %done319 ], [ %v393, %loop367 ]
  %v372 = mul i64 %v370, 4
  %v373 = getelementptr i8, ptr %v61, i64 %v372
  %v374 = load <8 x float>, ptr %v373, align 4
  %v375 = fsub <8 x float> %v374, %v363
  %v376 = fcmp olt <8 x float> %v375, splat (float 0xC05FC00000000000)
  %v377 = select <8 x i1> %v376, <8 x float> splat (float 0xC05FC00000000000), <8 x float> %v375
  %v378 = fadd <8 x float> %v377, splat (float 0x4168000FE0000000)
  %v379 = fsub <8 x float> %v378, splat (float 0x4168000FE0000000)
  %v380 = fsub <8 x float> %v377, %v379
  %v381 = call <8 x float> @llvm.fma.v8f32(<8 x float> splat (float 0x3F244138A0000000), <8 x float> %v380, <8 x float> splat (float 0x3F55F08900000000))
  %v382 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v381, <8 x float> %v380, <8 x float> splat (float 0x3F83B2A540000000))
  %v383 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v382, <8 x float> %v380, <8 x float> splat (float 0x3FAC6AF6C0000000))
  %v384 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v383, <8 x float> %v380, <8 x float> splat (float 0x3FCEBFBE00000000))
  %v385 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v384, <8 x float> %v380, <8 x float> splat (float 0x3FE62E4300000000))
  %v386 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v385, <8 x float> %v380, <8 x float> splat (float 0x3FF0000000000000))
  %v387 = bitcast <8 x float> %v378 to <8 x i32>
  %v388 = shl <8 x i32> %v387, splat (i32 23)
  %v389 = bitcast <8 x i32> %v388 to <8 x float>
  %v390 = fmul <8 x float> %v386, %v389
  %v391 = mul i64 %v370, 4
  %v392 = getelementptr i8, ptr %v61, i64 %v391
  store <8 x float> %v390, ptr %v392, align 4
  %v393 = fadd <8 x float> %v371, %v390
  %v394 = add i64 %v370, 8
  %v395 = icmp slt i64 %v394, 64
  br i1 %v395, label %loop367, label %done368
done368:
  %v396 = phi <8 x float> [ %v366, %done319 ], [ %v393, %loop367 ]
  %v397 = mul i64 %v111, %v45
  %v398 = getelementptr i8, ptr %v85, i64 %v397
  %v399 = urem i64 %v23, 32
  %v400 = sub i64 %v23, %v399
  %v401 = urem i64 %v23, 8
  %v402 = sub i64 %v23, %v401
  %v405 = icmp slt i64 0, %v400
  br i1 %v405, label %loop403, label %done404
loop403:
  %v406 = phi i64 [ 0, %done368 ], [ %v465, %done431 ]
  %v407 = mul i64 %v406, 4
  %v408 = getelementptr i8, ptr %v62, i64 %v407
  %v409 = mul i64 %v406, 4
  %v410 = getelementptr i8, ptr %v398, i64 %v409
  %v411 = load <8 x float>, ptr %v408, align 4
  %v412 = insertelement <8 x float> poison, float %v361, i32 0
  %v413 = shufflevector <8 x float> %v412, <8 x float> poison, <8 x i32> zeroinitializer
  %v414 = fmul <8 x float> %v411, %v413
  %v415 = getelementptr i8, ptr %v408, i64 32
  %v416 = load <8 x float>, ptr %v415, align 4
  %v417 = insertelement <8 x float> poison, float %v361, i32 0
  %v418 = shufflevector <8 x float> %v417, <8 x float> poison, <8 x i32> zeroinitializer
  %v419 = fmul <8 x float> %v416, %v418
  %v420 = getelementptr i8, ptr %v408, i64 64
  %v421 = load <8 x float>, ptr %v420, align 4
  %v422 = insertelement <8 x float> poison, float %v361, i32 0
  %v423 = shufflevector <8 x float> %v422, <8 x float> poison, <8 x i32> zeroinitializer
  %v424 = fmul <8 x float> %v421, %v423
  %v425 = getelementptr i8, ptr %v408, i64 96
  %v426 = load <8 x float>, ptr %v425, align 4
  %v427 = insertelement <8 x float> poison, float %v361, i32 0
  %v428 = shufflevector <8 x float> %v427, <8 x float> poison, <8 x i32> zeroinitializer
  %v429 = fmul <8 x float> %v426, %v428
  %v432 = icmp slt i64 0, %v115
  br i1 %v432, label %loop430, label %done431
loop430:
  %v433 = phi i64 [ 0, %loop403 ], [ %v456, %loop430 ]
  %v434 = phi <8 x float> [ %v414, %loop403 ], [ %v446, %loop430 ]
  %v435 = phi <8 x float> [ %v419, %loop403 ], [ %v449, %loop430 ]
  %v436 = phi <8 x float> [ %v424, %loop403 ], [ %v452, %loop430 ]
  %v437 = phi <8 x float> [ %v429, %loop403 ], [ %v455, %loop430 ]
  %v438 = mul i64 %v433, 4
  %v439 = getelementptr i8, ptr %v61, i64 %v438
  %v440 = load float, ptr %v439, align 4
  %v441 = insertelement <8 x float> poison, float %v440, i32 0
  %v442 = shufflevector <8 x float> %v441, <8 x float> poison, <8 x i32> zeroinitializer
  %v443 = mul i64 %v433, %v45
  %v444 = getelementptr i8, ptr %v410, i64 %v443
  %v445 = load <8 x float>, ptr %v444, align 4
  %v446 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v442, <8 x float> %v445, <8 x float> %v434)
  %v447 = getelementptr i8, ptr %v444, i64 32
  %v448 = load <8 x float>, ptr %v447, align 4
  %v449 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v442, <8 x float> %v448, <8 x float> %v435)
  %v450 = getelementptr i8, ptr %v444, i64 64
  %v451 = load <8 x float>, ptr %v450, align 4
  %v452 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v442, <8 x float> %v451, <8 x float> %v436)
  %v453 = getelementptr i8, ptr %v444, i64 96
  %v454 = load <8 x float>, ptr %v453, align 4
  %v455 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v442, <8 x float> %v454, <8 x float> %v437)
  %v456 = add i64 %v433, 1
  %v457 = icmp slt i64 %v456, %v115
  br i1 %v457, label %loop430, label %done431
done431:
  %v458 = phi <8 x float> [ %v414, %loop403 ], [ %v446, %loop430 ]
  %v459 = phi <8 x float> [ %v419, %loop403 ], [ %v449, %loop430 ]
  %v460 = phi <8 x float> [ %v424, %loop403 ], [ %v452, %loop430 ]
  %v461 = phi <8 x float> [ %v429, %loop403 ], [ %v455, %loop430 ]
  store <8 x float> %v458, ptr %v408, align 4
  %v462 = getelementptr i8, ptr %v408, i64 32
  store <8 x float> %v459, ptr %v462, align 4
  %v463 = getelementptr i8, ptr %v408, i64 64
  store <8 x float> %v460, ptr %v463, align 4
  %v464 = getelementptr i8, ptr %v408, i64 96
  store <8 x float> %v461, ptr %v464, align 4
  %v465 = add i64 %v406, 32
  %v466 = icmp slt i64 %v465, %v400
  br i1 %v466, label %loop403, label %done404
done404:
  %v469 = icmp slt i64 %v400, %v402
  br i1 %v469, label %loop467, label %done468
loop467:
  %v470 = phi i64 [ %v400, %done404 ], [ %v496, %done480 ]
  %v471 = mul i64 %v470, 4
  %v472 = getelementptr i8, ptr %v62, i64 %v471
  %v473 = mul i64 %v470, 4
  %v474 = getelementptr i8, ptr %v398, i64 %v473
  %v475 = load <8 x float>, ptr %v472, align 4
  %v476 = insertelement <8 x float> poison, float %v361, i32 0
  %v477 = shufflevector <8 x float> %v476, <8 x float> poison, <8 x i32> zeroinitializer
  %v478 = fmul <8 x float> %v475, %v477
  %v481 = icmp slt i64 0, %v115
  br i1 %v481, label %loop479, label %done480
loop479:
  %v482 = phi i64 [ 0, %loop467 ], [ %v493, %loop479 ]
  %v483 = phi <8 x float> [ %v478, %loop467 ], [ %v492, %loop479 ]
  %v484 = mul i64 %v482, 4
  %v485 = getelementptr i8, ptr %v61, i64 %v484
  %v486 = load float, ptr %v485, align 4
  %v487 = insertelement <8 x float> poison, float %v486, i32 0
  %v488 = shufflevector <8 x float> %v487, <8 x float> poison, <8 x i32> zeroinitializer
  %v489 = mul i64 %v482, %v45
  %v490 = getelementptr i8, ptr %v474, i64 %v489
  %v491 = load <8 x float>, ptr %v490, align 4
  %v492 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v488, <8 x float> %v491, <8 x float> %v483)
  %v493 = add i64 %v482, 1
  %v494 = icmp slt i64 %v493, %v115
  br i1 %v494, label %loop479, label %done480
done480:
  %v495 = phi <8 x float> [ %v478, %loop467 ], [ %v492, %loop479 ]
  store <8 x float> %v495, ptr %v472, align 4
  %v496 = add i64 %v470, 8
  %v497 = icmp slt i64 %v496, %v402
  br i1 %v497, label %loop467, label %done468
done468:
  %v500 = icmp slt i64 %v402, %v23
  br i1 %v500, label %loop498, label %done499
loop498:
  %v501 = phi i64 [ %v402, %done468 ], [ %v523, %done509 ]
  %v502 = mul i64 %v501, 4
  %v503 = getelementptr i8, ptr %v62, i64 %v502
  %v504 = mul i64 %v501, 4
  %v505 = getelementptr i8, ptr %v398, i64 %v504
  %v506 = load float, ptr %v503, align 4
  %v507 = fmul float %v506, %v361
  %v510 = icmp slt i64 0, %v115
  br i1 %v510, label %loop508, label %done509
loop508:
  %v511 = phi i64 [ 0, %loop498 ], [ %v520, %loop508 ]
  %v512 = phi float [ %v507, %loop498 ], [ %v519, %loop508 ]
  %v513 = mul i64 %v511, 4
  %v514 = getelementptr i8, ptr %v61, i64 %v513
  %v515 = load float, ptr %v514, align 4
  %v516 = mul i64 %v511, %v45
  %v517 = getelementptr i8, ptr %v505, i64 %v516
  %v518 = load float, ptr %v517, align 4
  %v519 = call float @llvm.fma.f32(float %v515, float %v518, float %v512)
  %v520 = add i64 %v511, 1
  %v521 = icmp slt i64 %v520, %v115
  br i1 %v521, label %loop508, label %done509
done509:
  %v522 = phi float [ %v507, %loop498 ], [ %v519, %loop508 ]
  store float %v522, ptr %v503, align 4
  %v523 = add i64 %v501, 1
  %v524 = icmp slt i64 %v523, %v23
  br i1 %v524, label %loop498, label %done499
done499:
  %v525 = add i64 %v111, 64
  %v526 = icmp slt i64 %v525, %v107
  br i1 %v526, label %loop108, label %done109
done109:
  %v527 = phi float [ 0xFFF0000000000000, %done99 ], [ %v343, %done499 ]
  %v528 = phi <8 x float> [ splat (float 0x0000000000000000), %done99 ], [ %v396, %done499 ]
  %v529 = shufflevector <8 x float> %v528, <8 x float> %v528, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v530 = shufflevector <8 x float> %v528, <8 x float> %v528, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v531 = fadd <4 x float> %v529, %v530
  %v532 = shufflevector <4 x float> %v531, <4 x float> %v531, <2 x i32> <i32 0, i32 1>
  %v533 = shufflevector <4 x float> %v531, <4 x float> %v531, <2 x i32> <i32 2, i32 3>
  %v534 = fadd <2 x float> %v532, %v533
  %v535 = shufflevector <2 x float> %v534, <2 x float> %v534, <1 x i32> <i32 0>
  %v536 = shufflevector <2 x float> %v534, <2 x float> %v534, <1 x i32> <i32 1>
  %v537 = fadd <1 x float> %v535, %v536
  %v538 = extractelement <1 x float> %v537, i64 0
  %v539 = fcmp oeq float %v527, 0xFFF0000000000000
  %v540 = select i1 %v539, float 0x0000000000000000, float %v527
  %v541 = fcmp oeq float %v538, 0x0000000000000000
  %v542 = fdiv float 0x3FF0000000000000, %v538
  %v543 = select i1 %v541, float 0x0000000000000000, float %v542
  %v544 = mul i64 %v23, 4
  %v545 = mul i64 %v66, %v544
  %v546 = getelementptr i8, ptr %v54, i64 %v545
  %v549 = icmp slt i64 0, %v23
  br i1 %v549, label %loop547, label %done548
loop547:
  %v550 = phi i64 [ 0, %done109 ], [ %v557, %loop547 ]
  %v551 = mul i64 %v550, 4
  %v552 = getelementptr i8, ptr %v62, i64 %v551
  %v553 = load float, ptr %v552, align 4
  %v554 = fmul float %v553, %v543
  %v555 = mul i64 %v550, 4
  %v556 = getelementptr i8, ptr %v546, i64 %v555
  store float %v554, ptr %v556, align 4
  %v557 = add i64 %v550, 1
  %v558 = icmp slt i64 %v557, %v23
  br i1 %v558, label %loop547, label %done548
done548:
  %v559 = mul i64 %v68, 2
  %v560 = mul i64 %v559, %v17
  %v561 = add i64 %v560, %v67
  %v562 = mul i64 %v561, 4
  %v563 = getelementptr i8, ptr %v56, i64 %v562
  store float %v540, ptr %v563, align 4
  %v564 = add i64 %v561, %v17
  %v565 = mul i64 %v564, 4
  %v566 = getelementptr i8, ptr %v56, i64 %v565
  store float %v543, ptr %v566, align 4
  %v567 = add i64 %v66, 1
  %v568 = icmp slt i64 %v567, %end
  br i1 %v568, label %loop63, label %done64
done64:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
