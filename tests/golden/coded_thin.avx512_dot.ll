declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)

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
  %v20 = sub i64 %v17, 1
  %v21 = add i64 %v15, %v20
  %v22 = udiv i64 %v21, %v17
  %v23 = load ptr, ptr %v4, align 8
  %v24 = getelementptr i8, ptr %v4, i64 8
  %v25 = load ptr, ptr %v24, align 8
  %v26 = getelementptr i8, ptr %v4, i64 16
  %v27 = load ptr, ptr %v26, align 8
  %v28 = getelementptr i8, ptr %v4, i64 24
  %v29 = load ptr, ptr %v28, align 8
  %v30 = mul i64 %v19, 128
  %v33 = icmp slt i64 %begin, %end
  br i1 %v33, label %loop31, label %done32
loop31:
  %v34 = phi i64 [ %begin, %work2 ], [ %v640, %end43 ]
  %v35 = mul i64 %v34, 4
  %v36 = add i64 %v35, 4
  %v37 = call i64 @llvm.smin.i64(i64 %v19, i64 %v36)
  %v38 = sub i64 %v13, 1
  switch i64 %v38, label %case42 [ i64 0, label %case39 i64 1, label %case40 i64 2, label %case41 ]
case39:
  %v44 = sub i64 %v37, %v35
  %v45 = icmp eq i64 %v44, 4
  br i1 %v45, label %then46, label %else47
then46:
  %v49 = mul i64 %v35, %v15
  %v50 = mul i64 %v49, 16
  %v51 = getelementptr i8, ptr %v25, i64 %v50
  %v52 = add i64 %v35, 1
  %v53 = mul i64 %v52, %v15
  %v54 = mul i64 %v53, 16
  %v55 = getelementptr i8, ptr %v25, i64 %v54
  %v56 = add i64 %v35, 2
  %v57 = mul i64 %v56, %v15
  %v58 = mul i64 %v57, 16
  %v59 = getelementptr i8, ptr %v25, i64 %v58
  %v60 = add i64 %v35, 3
  %v61 = mul i64 %v60, %v15
  %v62 = mul i64 %v61, 16
  %v63 = getelementptr i8, ptr %v25, i64 %v62
  br label %while64
while64:
  %v67 = phi i64 [ 0, %then46 ], [ %v80, %done133 ]
  %v68 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v207, %done133 ]
  %v69 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v208, %done133 ]
  %v70 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v209, %done133 ]
  %v71 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v210, %done133 ]
  %v72 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v211, %done133 ]
  %v73 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v212, %done133 ]
  %v74 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v213, %done133 ]
  %v75 = phi <16 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v214, %done133 ]
  %v76 = icmp slt i64 %v67, %v15
  br i1 %v76, label %loop65, label %done66
loop65:
  %v77 = udiv i64 %v67, %v17
  %v78 = add i64 %v77, 1
  %v79 = mul i64 %v78, %v17
  %v80 = call i64 @llvm.smin.i64(i64 %v15, i64 %v79)
  %v81 = mul i64 %v35, %v22
  %v82 = add i64 %v81, %v77
  %v83 = mul i64 %v82, 64
  %v84 = getelementptr i8, ptr %v27, i64 %v83
  %v85 = load <16 x i16>, ptr %v84, align 2
  %v86 = bitcast <16 x i16> %v85 to <16 x half>
  %v87 = fpext <16 x half> %v86 to <16 x float>
  %v88 = add i64 %v83, 32
  %v89 = getelementptr i8, ptr %v27, i64 %v88
  %v90 = load <16 x i16>, ptr %v89, align 2
  %v91 = bitcast <16 x i16> %v90 to <16 x half>
  %v92 = fpext <16 x half> %v91 to <16 x float>
  %v93 = add i64 %v35, 1
  %v94 = mul i64 %v93, %v22
  %v95 = add i64 %v94, %v77
  %v96 = mul i64 %v95, 64
  %v97 = getelementptr i8, ptr %v27, i64 %v96
  %v98 = load <16 x i16>, ptr %v97, align 2
  %v99 = bitcast <16 x i16> %v98 to <16 x half>
  %v100 = fpext <16 x half> %v99 to <16 x float>
  %v101 = add i64 %v96, 32
  %v102 = getelementptr i8, ptr %v27, i64 %v101
  %v103 = load <16 x i16>, ptr %v102, align 2
  %v104 = bitcast <16 x i16> %v103 to <16 x half>
  %v105 = fpext <16 x half> %v104 to <16 x float>
  %v106 = add i64 %v35, 2
  %v107 = mul i64 %v106, %v22
  %v108 = add i64 %v107, %v77
  %v109 = mul i64 %v108, 64
  %v110 = getelementptr i8, ptr %v27, i64 %v109
  %v111 = load <16 x i16>, ptr %v110, align 2
  %v112 = bitcast <16 x i16> %v111 to <16 x half>
  %v113 = fpext <16 x half> %v112 to <16 x float>
  %v114 = add i64 %v109, 32
  %v115 = getelementptr i8, ptr %v27, i64 %v114
  %v116 = load <16 x i16>, ptr %v115, align 2
  %v117 = bitcast <16 x i16> %v116 to <16 x half>
  %v118 = fpext <16 x half> %v117 to <16 x float>
  %v119 = add i64 %v35, 3
  %v120 = mul i64 %v119, %v22
  %v121 = add i64 %v120, %v77
  %v122 = mul i64 %v121, 64
  %v123 = getelementptr i8, ptr %v27, i64 %v122
  %v124 = load <16 x i16>, ptr %v123, align 2
  %v125 = bitcast <16 x i16> %v124 to <16 x half>
  %v126 = fpext <16 x half> %v125 to <16 x float>
  %v127 = add i64 %v122, 32
  %v128 = getelementptr i8, ptr %v27, i64 %v127
  %v129 = load <16 x i16>, ptr %v128, align 2
  %v130 = bitcast <16 x i16> %v129 to <16 x half>
  %v131 = fpext <16 x half> %v130 to <16 x float>
  %v134 = icmp slt i64 %v67, %v80
  br i1 %v134, label %loop132, label %done133
loop132:
  %v135 = phi i64 [ %v67, %loop65 ], [ %v205, %loop132 ]
  %v136 = phi <16 x float> [ %v68, %loop65 ], [ %v197, %loop132 ]
  %v137 = phi <16 x float> [ %v69, %loop65 ], [ %v198, %loop132 ]
  %v138 = phi <16 x float> [ %v70, %loop65 ], [ %v199, %loop132 ]
  %v139 = phi <16 x float> [ %v71, %loop65 ], [ %v200, %loop132 ]
  %v140 = phi <16 x float> [ %v72, %loop65 ], [ %v201, %loop132 ]
  %v141 = phi <16 x float> [ %v73, %loop65 ], [ %v202, %loop132 ]
  %v142 = phi <16 x float> [ %v74, %loop65 ], [ %v203, %loop132 ]
  %v143 = phi <16 x float> [ %v75, %loop65 ], [ %v204, %loop132 ]
  %v144 = mul i64 %v135, 4
  %v145 = getelementptr i8, ptr %v23, i64 %v144
  %v146 = load float, ptr %v145, align 4
  %v147 = insertelement <16 x float> poison, float %v146, i32 0
  %v148 = shufflevector <16 x float> %v147, <16 x float> poison, <16 x i32> zeroinitializer
  %v149 = mul i64 %v135, 16
  %v150 = getelementptr i8, ptr %v51, i64 %v149
  %v151 = load <16 x i8>, ptr %v150, align 1
  %v152 = zext <16 x i8> %v151 to <16 x i32>
  %v153 = and <16 x i32> %v152, splat (i32 15)
  %v154 = sub <16 x i32> %v153, splat (i32 8)
  %v155 = sitofp <16 x i32> %v154 to <16 x float>
  %v156 = fmul <16 x float> %v155, %v87
  %v157 = lshr <16 x i32> %v152, splat (i32 4)
  %v158 = sub <16 x i32> %v157, splat (i32 8)
  %v159 = sitofp <16 x i32> %v158 to <16 x float>
  %v160 = fmul <16 x float> %v159, %v92
  %v161 = mul i64 %v135, 16
  %v162 = getelementptr i8, ptr %v55, i64 %v161
  %v163 = load <16 x i8>, ptr %v162, align 1
  %v164 = zext <16 x i8> %v163 to <16 x i32>
  %v165 = and <16 x i32> %v164, splat (i32 15)
  %v166 = sub <16 x i32> %v165, splat (i32 8)
  %v167 = sitofp <16 x i32> %v166 to <16 x float>
  %v168 = fmul <16 x float> %v167, %v100
  %v169 = lshr <16 x i32> %v164, splat (i32 4)
  %v170 = sub <16 x i32> %v169, splat (i32 8)
  %v171 = sitofp <16 x i32> %v170 to <16 x float>
  %v172 = fmul <16 x float> %v171, %v105
  %v173 = mul i64 %v135, 16
  %v174 = getelementptr i8, ptr %v59, i64 %v173
  %v175 = load <16 x i8>, ptr %v174, align 1
  %v176 = zext <16 x i8> %v175 to <16 x i32>
  %v177 = and <16 x i32> %v176, splat (i32 15)
  %v178 = sub <16 x i32> %v177, splat (i32 8)
  %v179 = sitofp <16 x i32> %v178 to <16 x float>
  %v180 = fmul <16 x float> %v179, %v113
  %v181 = lshr <16 x i32> %v176, splat (i32 4)
  %v182 = sub <16 x i32> %v181, splat (i32 8)
  %v183 = sitofp <16 x i32> %v182 to <16 x float>
  %v184 = fmul <16 x float> %v183, %v118
  %v185 = mul i64 %v135, 16
  %v186 = getelementptr i8, ptr %v63, i64 %v185
  %v187 = load <16 x i8>, ptr %v186, align 1
  %v188 = zext <16 x i8> %v187 to <16 x i32>
  %v189 = and <16 x i32> %v188, splat (i32 15)
  %v190 = sub <16 x i32> %v189, splat (i32 8)
  %v191 = sitofp <16 x i32> %v190 to <16 x float>
  %v192 = fmul <16 x float> %v191, %v126
  %v193 = lshr <16 x i32> %v188, splat (i32 4)
  %v194 = sub <16 x i32> %v193, splat (i32 8)
  %v195 = sitofp <16 x i32> %v194 to <16 x float>
  %v196 = fmul <16 x float> %v195, %v131
  %v197 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v156, <16 x float> %v136)
  %v198 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v160, <16 x float> %v137)
  %v199 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v168, <16 x float> %v138)
  %v200 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v172, <16 x float> %v139)
  %v201 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v180, <16 x float> %v140)
  %v202 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v184, <16 x float> %v141)
  %v203 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v192, <16 x float> %v142)
  %v204 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v196, <16 x float> %v143)
  %v205 = add i64 %v135, 1
  %v206 = icmp slt i64 %v205, %v80
  br i1 %v206, label %loop132, label %done133
done133:
  %v207 = phi <16 x float> [ %v68, %loop65 ], [ %v197, %loop132 ]
  %v208 = phi <16 x float> [ %v69, %loop65 ], [ %v198, %loop132 ]
  %v209 = phi <16 x float> [ %v70, %loop65 ], [ %v199, %loop132 ]
  %v210 = phi <16 x float> [ %v71, %loop65 ], [ %v200, %loop132 ]
  %v211 = phi <16 x float> [ %v72, %loop65 ], [ %v201, %loop132 ]
  %v212 = phi <16 x float> [ %v73, %loop65 ], [ %v202, %loop132 ]
  %v213 = phi <16 x float> [ %v74, %loop65 ], [ %v203, %loop132 ]
  %v214 = phi <16 x float> [ %v75, %loop65 ], [ %v204, %loop132 ]
  br label %while64
done66:
  %v215 = mul i64 %v35, 128
  %v216 = getelementptr i8, ptr %v29, i64 %v215
  store <16 x float> %v68, ptr %v216, align 4
  %v217 = mul i64 %v35, 128
  %v218 = add i64 %v217, 64
  %v219 = getelementptr i8, ptr %v29, i64 %v218
  store <16 x float> %v69, ptr %v219, align 4
  %v220 = add i64 %v35, 1
  %v221 = mul i64 %v220, 128
  %v222 = getelementptr i8, ptr %v29, i64 %v221
  store <16 x float> %v70, ptr %v222, align 4
  %v223 = add i64 %v35, 1
  %v224 = mul i64 %v223, 128
  %v225 = add i64 %v224, 64
  %v226 = getelementptr i8, ptr %v29, i64 %v225
  store <16 x float> %v71, ptr %v226, align 4
  %v227 = add i64 %v35, 2
  %v228 = mul i64 %v227, 128
  %v229 = getelementptr i8, ptr %v29, i64 %v228
  store <16 x float> %v72, ptr %v229, align 4
  %v230 = add i64 %v35, 2
  %v231 = mul i64 %v230, 128
  %v232 = add i64 %v231, 64
  %v233 = getelementptr i8, ptr %v29, i64 %v232
  store <16 x float> %v73, ptr %v233, align 4
  %v234 = add i64 %v35, 3
  %v235 = mul i64 %v234, 128
  %v236 = getelementptr i8, ptr %v29, i64 %v235
  store <16 x float> %v74, ptr %v236, align 4
  %v237 = add i64 %v35, 3
  %v238 = mul i64 %v237, 128
  %v239 = add i64 %v238, 64
  %v240 = getelementptr i8, ptr %v29, i64 %v239
  store <16 x float> %v75, ptr %v240, align 4
  br label %end48
else47:
  %v243 = icmp slt i64 %v35, %v37
  br i1 %v243, label %loop241, label %done242
loop241:
  %v244 = phi i64 [ %v35, %else47 ], [ %v305, %done250 ]
  %v245 = mul i64 %v244, %v15
  %v246 = mul i64 %v245, 16
  %v247 = getelementptr i8, ptr %v25, i64 %v246
  br label %while248
while248:
  %v251 = phi i64 [ 0, %loop241 ], [ %v258, %done272 ]
  %v252 = phi <16 x float> [ splat (float 0x0000000000000000), %loop241 ], [ %v298, %done272 ]
  %v253 = phi <16 x float> [ splat (float 0x0000000000000000), %loop241 ], [ %v299, %done272 ]
  %v254 = icmp slt i64 %v251, %v15
  br i1 %v254, label %loop249, label %done250
loop249:
  %v255 = udiv i64 %v251, %v17
  %v256 = add i64 %v255, 1
  %v257 = mul i64 %v256, %v17
  %v258 = call i64 @llvm.smin.i64(i64 %v15, i64 %v257)
  %v259 = mul i64 %v244, %v22
  %v260 = add i64 %v259, %v255
  %v261 = mul i64 %v260, 64
  %v262 = getelementptr i8, ptr %v27, i64 %v261
  %v263 = load <16 x i16>, ptr %v262, align 2
  %v264 = bitcast <16 x i16> %v263 to <16 x half>
  %v265 = fpext <16 x half> %v264 to <16 x float>
  %v266 = add i64 %v261, 32
  %v267 = getelementptr i8, ptr %v27, i64 %v266
  %v268 = load <16 x i16>, ptr %v267, align 2
  %v269 = bitcast <16 x i16> %v268 to <16 x half>
  %v270 = fpext <16 x half> %v269 to <16 x float>
  %v273 = icmp slt i64 %v251, %v258
  br i1 %v273, label %loop271, label %done272
loop271:
  %v274 = phi i64 [ %v251, %loop249 ], [ %v296, %loop271 ]
  %v275 = phi <16 x float> [ %v252, %loop249 ], [ %v294, %loop271 ]
  %v276 = phi <16 x float> [ %v253, %loop249 ], [ %v295, %loop271 ]
  %v277 = mul i64 %v274, 4
  %v278 = getelementptr i8, ptr %v23, i64 %v277
  %v279 = load float, ptr %v278, align 4
  %v280 = insertelement <16 x float> poison, float %v279, i32 0
  %v281 = shufflevector <16 x float> %v280, <16 x float> poison, <16 x i32> zeroinitializer
  %v282 = mul i64 %v274, 16
  %v283 = getelementptr i8, ptr %v247, i64 %v282
  %v284 = load <16 x i8>, ptr %v283, align 1
  %v285 = zext <16 x i8> %v284 to <16 x i32>
  %v286 = and <16 x i32> %v285, splat (i32 15)
  %v287 = sub <16 x i32> %v286, splat (i32 8)
  %v288 = sitofp <16 x i32> %v287 to <16 x float>
  %v289 = fmul <16 x float> %v288, %v265
  %v290 = lshr <16 x i32> %v285, splat (i32 4)
  %v291 = sub <16 x i32> %v290, splat (i32 8)
  %v292 = sitofp <16 x i32> %v291 to <16 x float>
  %v293 = fmul <16 x float> %v292, %v270
  %v294 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v281, <16 x float> %v289, <16 x float> %v275)
  %v295 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v281, <16 x float> %v293, <16 x float> %v276)
  %v296 = add i64 %v274, 1
  %v297 = icmp slt i64 %v296, %v258
  br i1 %v297, label %loop271, label %done272
done272:
  %v298 = phi <16 x float> [ %v252, %loop249 ], [ %v294, %loop271 ]
  %v299 = phi <16 x float> [ %v253, %loop249 ], [ %v295, %loop271 ]
  br label %while248
done250:
  %v300 = mul i64 %v244, 128
  %v301 = getelementptr i8, ptr %v29, i64 %v300
  store <16 x float> %v252, ptr %v301, align 4
  %v302 = mul i64 %v244, 128
  %v303 = add i64 %v302, 64
  %v304 = getelementptr i8, ptr %v29, i64 %v303
  store <16 x float> %v253, ptr %v304, align 4
  %v305 = add i64 %v244, 1
  %v306 = icmp slt i64 %v305, %v37
  br i1 %v306, label %loop241, label %done242
done242:
  br label %end48
end48:
  br label %end43
case40:
  %v309 = icmp slt i64 %v35, %v37
  br i1 %v309, label %loop307, label %done308
loop307:
  %v310 = phi i64 [ %v35, %case40 ], [ %v392, %done316 ]
  %v311 = mul i64 %v310, %v15
  %v312 = mul i64 %v311, 16
  %v313 = getelementptr i8, ptr %v25, i64 %v312
  br label %while314
while314:
  %v317 = phi i64 [ 0, %loop307 ], [ %v326, %done340 ]
  %v318 = phi <16 x float> [ splat (float 0x0000000000000000), %loop307 ], [ %v376, %done340 ]
  %v319 = phi <16 x float> [ splat (float 0x0000000000000000), %loop307 ], [ %v377, %done340 ]
  %v320 = phi <16 x float> [ splat (float 0x0000000000000000), %loop307 ], [ %v378, %done340 ]
  %v321 = phi <16 x float> [ splat (float 0x0000000000000000), %loop307 ], [ %v379, %done340 ]
  %v322 = icmp slt i64 %v317, %v15
  br i1 %v322, label %loop315, label %done316
loop315:
  %v323 = udiv i64 %v317, %v17
  %v324 = add i64 %v323, 1
  %v325 = mul i64 %v324, %v17
  %v326 = call i64 @llvm.smin.i64(i64 %v15, i64 %v325)
  %v327 = mul i64 %v310, %v22
  %v328 = add i64 %v327, %v323
  %v329 = mul i64 %v328, 64
  %v330 = getelementptr i8, ptr %v27, i64 %v329
  %v331 = load <16 x i16>, ptr %v330, align 2
  %v332 = bitcast <16 x i16> %v331 to <16 x half>
  %v333 = fpext <16 x half> %v332 to <16 x float>
  %v334 = add i64 %v329, 32
  %v335 = getelementptr i8, ptr %v27, i64 %v334
  %v336 = load <16 x i16>, ptr %v335, align 2
  %v337 = bitcast <16 x i16> %v336 to <16 x half>
  %v338 = fpext <16 x half> %v337 to <16 x float>
  %v341 = icmp slt i64 %v317, %v326
  br i1 %v341, label %loop339, label %done340
loop339:
  %v342 = phi i64 [ %v317, %loop315 ], [ %v374, %loop339 ]
  %v343 = phi <16 x float> [ %v318, %loop315 ], [ %v370, %loop339 ]
  %v344 = phi <16 x float> [ %v319, %loop315 ], [ %v371, %loop339 ]
  %v345 = phi <16 x float> [ %v320, %loop315 ], [ %v372, %loop339 ]
  %v346 = phi <16 x float> [ %v321, %loop315 ], [ %v373, %loop339 ]
  %v347 = mul i64 %v342, 4
  %v348 = getelementptr i8, ptr %v23, i64 %v347
  %v349 = load float, ptr %v348, align 4
  %v350 = insertelement <16 x float> poison, float %v349, i32 0
  %v351 = shufflevector <16 x float> %v350, <16 x float> poison, <16 x i32> zeroinitializer
  %v352 = add i64 %v15, %v342
  %v353 = mul i64 %v352, 4
  %v354 = getelementptr i8, ptr %v23, i64 %v353
  %v355 = load float, ptr %v354, align 4
  %v356 = insertelement <16 x float> poison, float %v355, i32 0
  %v357 = shufflevector <16 x float> %v356, <16 x float> poison, <16 x i32> zeroinitializer
  %v358 = mul i64 %v342, 16
  %v359 = getelementptr i8, ptr %v313, i64 %v358
  %v360 = load <16 x i8>, ptr %v359, align 1
  %v361 = zext <16 x i8> %v360 to <16 x i32>
  %v362 = and <16 x i32> %v361, splat (i32 15)
  %v363 = sub <16 x i32> %v362, splat (i32 8)
  %v364 = sitofp <16 x i32> %v363 to <16 x float>
  %v365 = fmul <16 x float> %v364, %v333
  %v366 = lshr <16 x i32> %v361, splat (i32 4)
  %v367 = sub <16 x i32> %v366, splat (i32 8)
  %v368 = sitofp <16 x i32> %v367 to <16 x float>
  %v369 = fmul <16 x float> %v368, %v338
  %v370 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v351, <16 x float> %v365, <16 x float> %v343)
  %v371 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v351, <16 x float> %v369, <16 x float> %v344)
  %v372 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v357, <16 x float> %v365, <16 x float> %v345)
  %v373 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v357, <16 x float> %v369, <16 x float> %v346)
  %v374 = add i64 %v342, 1
  %v375 = icmp slt i64 %v374, %v326
  br i1 %v375, label %loop339, label %done340
done340:
  %v376 = phi <16 x float> [ %v318, %loop315 ], [ %v370, %loop339 ]
  %v377 = phi <16 x float> [ %v319, %loop315 ], [ %v371, %loop339 ]
  %v378 = phi <16 x float> [ %v320, %loop315 ], [ %v372, %loop339 ]
  %v379 = phi <16 x float> [ %v321, %loop315 ], [ %v373, %loop339 ]
  br label %while314
done316:
  %v380 = mul i64 %v310, 128
  %v381 = getelementptr i8, ptr %v29, i64 %v380
  store <16 x float> %v318, ptr %v381, align 4
  %v382 = mul i64 %v310, 128
  %v383 = add i64 %v382, 64
  %v384 = getelementptr i8, ptr %v29, i64 %v383
  store <16 x float> %v319, ptr %v384, align 4
  %v385 = mul i64 %v310, 128
  %v386 = add i64 %v30, %v385
  %v387 = getelementptr i8, ptr %v29, i64 %v386
  store <16 x float> %v320, ptr %v387, align 4
  %v388 = mul i64 %v310, 128
  %v389 = add i64 %v30, %v388
  %v390 = add i64 %v389, 64
  %v391 = getelementptr i8, ptr %v29, i64 %v390
  store <16 x float> %v321, ptr %v391, align 4
  %v392 = add i64 %v310, 1
  %v393 = icmp slt i64 %v392, %v37
  br i1 %v393, label %loop307, label %done308
done308:
  br label %end43
case41:
  %v396 = icmp slt i64 %v35, %v37
  br i1 %v396, label %loop394, label %done395
loop394:
  %v397 = phi i64 [ %v35, %case41 ], [ %v503, %done403 ]
  %v398 = mul i64 %v397, %v15
  %v399 = mul i64 %v398, 16
  %v400 = getelementptr i8, ptr %v25, i64 %v399
  br label %while401
while401:
  %v404 = phi i64 [ 0, %loop394 ], [ %v415, %done429 ]
  %v405 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v476, %done429 ]
  %v406 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v477, %done429 ]
  %v407 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v478, %done429 ]
  %v408 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v479, %done429 ]
  %v409 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v480, %done429 ]
  %v410 = phi <16 x float> [ splat (float 0x0000000000000000), %loop394 ], [ %v481, %done429 ]
  %v411 = icmp slt i64 %v404, %v15
  br i1 %v411, label %loop402, label %done403
loop402:
  %v412 = udiv i64 %v404, %v17
  %v413 = add i64 %v412, 1
  %v414 = mul i64 %v413, %v17
  %v415 = call i64 @llvm.smin.i64(i64 %v15, i64 %v414)
  %v416 = mul i64 %v397, %v22
  %v417 = add i64 %v416, %v412
  %v418 = mul i64 %v417, 64
  %v419 = getelementptr i8, ptr %v27, i64 %v418
  %v420 = load <16 x i16>, ptr %v419, align 2
  %v421 = bitcast <16 x i16> %v420 to <16 x half>
  %v422 = fpext <16 x half> %v421 to <16 x float>
  %v423 = add i64 %v418, 32
  %v424 = getelementptr i8, ptr %v27, i64 %v423
  %v425 = load <16 x i16>, ptr %v424, align 2
  %v426 = bitcast <16 x i16> %v425 to <16 x half>
  %v427 = fpext <16 x half> %v426 to <16 x float>
  %v430 = icmp slt i64 %v404, %v415
  br i1 %v430, label %loop428, label %done429
loop428:
  %v431 = phi i64 [ %v404, %loop402 ], [ %v474, %loop428 ]
  %v432 = phi <16 x float> [ %v405, %loop402 ], [ %v468, %loop428 ]
  %v433 = phi <16 x float> [ %v406, %loop402 ], [ %v469, %loop428 ]
  %v434 = phi <16 x float> [ %v407, %loop402 ], [ %v470, %loop428 ]
  %v435 = phi <16 x float> [ %v408, %loop402 ], [ %v471, %loop428 ]
  %v436 = phi <16 x float> [ %v409, %loop402 ], [ %v472, %loop428 ]
  %v437 = phi <16 x float> [ %v410, %loop402 ], [ %v473, %loop428 ]
  %v438 = mul i64 %v431, 4
  %v439 = getelementptr i8, ptr %v23, i64 %v438
  %v440 = load float, ptr %v439, align 4
  %v441 = insertelement <16 x float> poison, float %v440, i32 0
  %v442 = shufflevector <16 x float> %v441, <16 x float> poison, <16 x i32> zeroinitializer
  %v443 = add i64 %v15, %v431
  %v444 = mul i64 %v443, 4
  %v445 = getelementptr i8, ptr %v23, i64 %v444
  %v446 = load float, ptr %v445, align 4
  %v447 = insertelement <16 x float> poison, float %v446, i32 0
  %v448 = shufflevector <16 x float> %v447, <16 x float> poison, <16 x i32> zeroinitializer
  %v449 = mul i64 %v15, 2
  %v450 = add i64 %v449, %v431
  %v451 = mul i64 %v450, 4
  %v452 = getelementptr i8, ptr %v23, i64 %v451
  %v453 = load float, ptr %v452, align 4
  %v454 = insertelement <16 x float> poison, float %v453, i32 0
  %v455 = shufflevector <16 x float> %v454, <16 x float> poison, <16 x i32> zeroinitializer
  %v456 = mul i64 %v431, 16
  %v457 = getelementptr i8, ptr %v400, i64 %v456
  %v458 = load <16 x i8>, ptr %v457, align 1
  %v459 = zext <16 x i8> %v458 to <16 x i32>
  %v460 = and <16 x i32> %v459, splat (i32 15)
  %v461 = sub <16 x i32> %v460, splat (i32 8)
  %v462 = sitofp <16 x i32> %v461 to <16 x float>
  %v463 = fmul <16 x float> %v462, %v422
  %v464 = lshr <16 x i32> %v459, splat (i32 4)
  %v465 = sub <16 x i32> %v464, splat (i32 8)
  %v466 = sitofp <16 x i32> %v465 to <16 x float>
  %v467 = fmul <16 x float> %v466, %v427
  %v468 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v442, <16 x float> %v463, <16 x float> %v432)
  %v469 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v442, <16 x float> %v467, <16 x float> %v433)
  %v470 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v448, <16 x float> %v463, <16 x float> %v434)
  %v471 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v448, <16 x float> %v467, <16 x float> %v435)
  %v472 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v455, <16 x float> %v463, <16 x float> %v436)
  %v473 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v455, <16 x float> %v467, <16 x float> %v437)
  %v474 = add i64 %v431, 1
  %v475 = icmp slt i64 %v474, %v415
  br i1 %v475, label %loop428, label %done429
done429:
  %v476 = phi <16 x float> [ %v405, %loop402 ], [ %v468, %loop428 ]
  %v477 = phi <16 x float> [ %v406, %loop402 ], [ %v469, %loop428 ]
  %v478 = phi <16 x float> [ %v407, %loop402 ], [ %v470, %loop428 ]
  %v479 = phi <16 x float> [ %v408, %loop402 ], [ %v471, %loop428 ]
  %v480 = phi <16 x float> [ %v409, %loop402 ], [ %v472, %loop428 ]
  %v481 = phi <16 x float> [ %v410, %loop402 ], [ %v473, %loop428 ]
  br label %while401
done403:
  %v482 = mul i64 %v397, 128
  %v483 = getelementptr i8, ptr %v29, i64 %v482
  store <16 x float> %v405, ptr %v483, align 4
  %v484 = mul i64 %v397, 128
  %v485 = add i64 %v484, 64
  %v486 = getelementptr i8, ptr %v29, i64 %v485
  store <16 x float> %v406, ptr %v486, align 4
  %v487 = mul i64 %v397, 128
  %v488 = add i64 %v30, %v487
  %v489 = getelementptr i8, ptr %v29, i64 %v488
  store <16 x float> %v407, ptr %v489, align 4
  %v490 = mul i64 %v397, 128
  %v491 = add i64 %v30, %v490
  %v492 = add i64 %v491, 64
  %v493 = getelementptr i8, ptr %v29, i64 %v492
  store <16 x float> %v408, ptr %v493, align 4
  %v494 = mul i64 %v30, 2
  %v495 = mul i64 %v397, 128
  %v496 = add i64 %v494, %v495
  %v497 = getelementptr i8, ptr %v29, i64 %v496
  store <16 x float> %v409, ptr %v497, align 4
  %v498 = mul i64 %v30, 2
  %v499 = mul i64 %v397, 128
  %v500 = add i64 %v498, %v499
  %v501 = add i64 %v500, 64
  %v502 = getelementptr i8, ptr %v29, i64 %v501
  store <16 x float> %v410, ptr %v502, align 4
  %v503 = add i64 %v397, 1
  %v504 = icmp slt i64 %v503, %v37
  br i1 %v504, label %loop394, label %done395
done395:
  br label %end43
case42:
  %v507 = icmp slt i64 %v35, %v37
  br i1 %v507, label %loop505, label %done506
loop505:
  %v508 = phi i64 [ %v35, %case42 ], [ %v638, %done514 ]
  %v509 = mul i64 %v508, %v15
  %v510 = mul i64 %v509, 16
  %v511 = getelementptr i8, ptr %v25, i64 %v510
  br label %while512
while512:
  %v515 = phi i64 [ 0, %loop505 ], [ %v528, %done542 ]
  %v516 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v600, %done542 ]
  %v517 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v601, %done542 ]
  %v518 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v602, %done542 ]
  %v519 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v603, %done542 ]
  %v520 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v604, %done542 ]
  %v521 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v605, %done542 ]
  %v522 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v606, %done542 ]
  %v523 = phi <16 x float> [ splat (float 0x0000000000000000), %loop505 ], [ %v607, %done542 ]
  %v524 = icmp slt i64 %v515, %v15
  br i1 %v524, label %loop513, label %done514
loop513:
  %v525 = udiv i64 %v515, %v17
  %v526 = add i64 %v525, 1
  %v527 = mul i64 %v526, %v17
  %v528 = call i64 @llvm.smin.i64(i64 %v15, i64 %v527)
  %v529 = mul i64 %v508, %v22
  %v530 = add i64 %v529, %v525
  %v531 = mul i64 %v530, 64
  %v532 = getelementptr i8, ptr %v27, i64 %v531
  %v533 = load <16 x i16>, ptr %v532, align 2
  %v534 = bitcast <16 x i16> %v533 to <16 x half>
  %v535 = fpext <16 x half> %v534 to <16 x float>
  %v536 = add i64 %v531, 32
  %v537 = getelementptr i8, ptr %v27, i64 %v536
  %v538 = load <16 x i16>, ptr %v537, align 2
  %v539 = bitcast <16 x i16> %v538 to <16 x half>
  %v540 = fpext <16 x half> %v539 to <16 x float>
  %v543 = icmp slt i64 %v515, %v528
  br i1 %v543, label %loop541, label %done542
loop541:
  %v544 = phi i64 [ %v515, %loop513 ], [ %v598, %loop541 ]
  %v545 = phi <16 x float> [ %v516, %loop513 ], [ %v590, %loop541 ]
  %v546 = phi <16 x float> [ %v517, %loop513 ], [ %v591, %loop541 ]
  %v547 = phi <16 x float> [ %v518, %loop513 ], [ %v592, %loop541 ]
  %v548 = phi <16 x float> [ %v519, %loop513 ], [ %v593, %loop541 ]
  %v549 = phi <16 x float> [ %v520, %loop513 ], [ %v594, %loop541 ]
  %v550 = phi <16 x float> [ %v521, %loop513 ], [ %v595, %loop541 ]
  %v551 = phi <16 x float> [ %v522, %loop513 ], [ %v596, %loop541 ]
  %v552 = phi <16 x float> [ %v523, %loop513 ], [ %v597, %loop541 ]
  %v553 = mul i64 %v544, 4
  %v554 = getelementptr i8, ptr %v23, i64 %v553
  %v555 = load float, ptr %v554, align 4
  %v556 = insertelement <16 x float> poison, float %v555, i32 0
  %v557 = shufflevector <16 x float> %v556, <16 x float> poison, <16 x i32> zeroinitializer
  %v558 = add i64 %v15, %v544
  %v559 = mul i64 %v558, 4
  %v560 = getelementptr i8, ptr %v23, i64 %v559
  %v561 = load float, ptr %v560, align 4
  %v562 = insertelement <16 x float> poison, float %v561, i32 0
  %v563 = shufflevector <16 x float> %v562, <16 x float> poison, <16 x i32> zeroinitializer
  %v564 = mul i64 %v15, 2
  %v565 = add i64 %v564, %v544
  %v566 = mul i64 %v565, 4
  %v567 = getelementptr i8, ptr %v23, i64 %v566
  %v568 = load float, ptr %v567, align 4
  %v569 = insertelement <16 x float> poison, float %v568, i32 0
  %v570 = shufflevector <16 x float> %v569, <16 x float> poison, <16 x i32> zeroinitializer
  %v571 = mul i64 %v15, 3
  %v572 = add i64 %v571, %v544
  %v573 = mul i64 %v572, 4
  %v574 = getelementptr i8, ptr %v23, i64 %v573
  %v575 = load float, ptr %v574, align 4
  %v576 = insertelement <16 x float> poison, float %v575, i32 0
  %v577 = shufflevector <16 x float> %v576, <16 x float> poison, <16 x i32> zeroinitializer
  %v578 = mul i64 %v544, 16
  %v579 = getelementptr i8, ptr %v511, i64 %v578
  %v580 = load <16 x i8>, ptr %v579, align 1
  %v581 = zext <16 x i8> %v580 to <16 x i32>
  %v582 = and <16 x i32> %v581, splat (i32 15)
  %v583 = sub <16 x i32> %v582, splat (i32 8)
  %v584 = sitofp <16 x i32> %v583 to <16 x float>
  %v585 = fmul <16 x float> %v584, %v535
  %v586 = lshr <16 x i32> %v581, splat (i32 4)
  %v587 = sub <16 x i32> %v586, splat (i32 8)
  %v588 = sitofp <16 x i32> %v587 to <16 x float>
  %v589 = fmul <16 x float> %v588, %v540
  %v590 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v557, <16 x float> %v585, <16 x float> %v545)
  %v591 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v557, <16 x float> %v589, <16 x float> %v546)
  %v592 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v563, <16 x float> %v585, <16 x float> %v547)
  %v593 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v563, <16 x float> %v589, <16 x float> %v548)
  %v594 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v570, <16 x float> %v585, <16 x float> %v549)
  %v595 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v570, <16 x float> %v589, <16 x float> %v550)
  %v596 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v577, <16 x float> %v585, <16 x float> %v551)
  %v597 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v577, <16 x float> %v589, <16 x float> %v552)
  %v598 = add i64 %v544, 1
  %v599 = icmp slt i64 %v598, %v528
  br i1 %v599, label %loop541, label %done542
done542:
  %v600 = phi <16 x float> [ %v516, %loop513 ], [ %v590, %loop541 ]
  %v601 = phi <16 x float> [ %v517, %loop513 ], [ %v591, %loop541 ]
  %v602 = phi <16 x float> [ %v518, %loop513 ], [ %v592, %loop541 ]
  %v603 = phi <16 x float> [ %v519, %loop513 ], [ %v593, %loop541 ]
  %v604 = phi <16 x float> [ %v520, %loop513 ], [ %v594, %loop541 ]
  %v605 = phi <16 x float> [ %v521, %loop513 ], [ %v595, %loop541 ]
  %v606 = phi <16 x float> [ %v522, %loop513 ], [ %v596, %loop541 ]
  %v607 = phi <16 x float> [ %v523, %loop513 ], [ %v597, %loop541 ]
  br label %while512
done514:
  %v608 = mul i64 %v508, 128
  %v609 = getelementptr i8, ptr %v29, i64 %v608
  store <16 x float> %v516, ptr %v609, align 4
  %v610 = mul i64 %v508, 128
  %v611 = add i64 %v610, 64
  %v612 = getelementptr i8, ptr %v29, i64 %v611
  store <16 x float> %v517, ptr %v612, align 4
  %v613 = mul i64 %v508, 128
  %v614 = add i64 %v30, %v613
  %v615 = getelementptr i8, ptr %v29, i64 %v614
  store <16 x float> %v518, ptr %v615, align 4
  %v616 = mul i64 %v508, 128
  %v617 = add i64 %v30, %v616
  %v618 = add i64 %v617, 64
  %v619 = getelementptr i8, ptr %v29, i64 %v618
  store <16 x float> %v519, ptr %v619, align 4
  %v620 = mul i64 %v30, 2
  %v621 = mul i64 %v508, 128
  %v622 = add i64 %v620, %v621
  %v623 = getelementptr i8, ptr %v29, i64 %v622
  store <16 x float> %v520, ptr %v623, align 4
  %v624 = mul i64 %v30, 2
  %v625 = mul i64 %v508, 128
  %v626 = add i64 %v624, %v625
  %v627 = add i64 %v626, 64
  %v628 = getelementptr i8, ptr %v29, i64 %v627
  store <16 x float> %v521, ptr %v628, align 4
  %v629 = mul i64 %v30, 3
  %v630 = mul i64 %v508, 128
  %v631 = add i64 %v629, %v630
  %v632 = getelementptr i8, ptr %v29, i64 %v631
  store <16 x float> %v522, ptr %v632, align 4
  %v633 = mul i64 %v30, 3
  %v634 = mul i64 %v508, 128
  %v635 = add i64 %v633, %v634
  %v636 = add i64 %v635, 64
  %v637 = getelementptr i8, ptr %v29, i64 %v636
  store <16 x float> %v523, ptr %v637, align 4
  %v638 = add i64 %v508, 1
  %v639 = icmp slt i64 %v638, %v37
  br i1 %v639, label %loop505, label %done506
done506:
  br label %end43
end43:
  %v640 = add i64 %v34, 1
  %v641 = icmp slt i64 %v640, %end
  br i1 %v641, label %loop31, label %done32
done32:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
