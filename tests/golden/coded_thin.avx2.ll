declare i64 @llvm.smin.i64(i64, i64)
declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)

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
  %v34 = phi i64 [ %begin, %work2 ], [ %v965, %end43 ]
  %v35 = mul i64 %v34, 2
  %v36 = add i64 %v35, 2
  %v37 = call i64 @llvm.smin.i64(i64 %v19, i64 %v36)
  %v38 = sub i64 %v13, 1
  switch i64 %v38, label %case42 [ i64 0, label %case39 i64 1, label %case40 i64 2, label %case41 ]
case39:
  %v44 = sub i64 %v37, %v35
  %v45 = icmp eq i64 %v44, 2
  br i1 %v45, label %then46, label %else47
then46:
  %v49 = mul i64 %v35, %v15
  %v50 = mul i64 %v49, 16
  %v51 = getelementptr i8, ptr %v25, i64 %v50
  %v52 = add i64 %v35, 1
  %v53 = mul i64 %v52, %v15
  %v54 = mul i64 %v53, 16
  %v55 = getelementptr i8, ptr %v25, i64 %v54
  br label %while56
while56:
  %v59 = phi i64 [ 0, %then46 ], [ %v72, %done119 ]
  %v60 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v191, %done119 ]
  %v61 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v192, %done119 ]
  %v62 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v193, %done119 ]
  %v63 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v194, %done119 ]
  %v64 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v195, %done119 ]
  %v65 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v196, %done119 ]
  %v66 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v197, %done119 ]
  %v67 = phi <8 x float> [ splat (float 0x0000000000000000), %then46 ], [ %v198, %done119 ]
  %v68 = icmp slt i64 %v59, %v15
  br i1 %v68, label %loop57, label %done58
loop57:
  %v69 = udiv i64 %v59, %v17
  %v70 = add i64 %v69, 1
  %v71 = mul i64 %v70, %v17
  %v72 = call i64 @llvm.smin.i64(i64 %v15, i64 %v71)
  %v73 = mul i64 %v35, %v22
  %v74 = add i64 %v73, %v69
  %v75 = mul i64 %v74, 64
  %v76 = getelementptr i8, ptr %v27, i64 %v75
  %v77 = load <8 x i16>, ptr %v76, align 2
  %v78 = bitcast <8 x i16> %v77 to <8 x half>
  %v79 = fpext <8 x half> %v78 to <8 x float>
  %v80 = add i64 %v75, 16
  %v81 = getelementptr i8, ptr %v27, i64 %v80
  %v82 = load <8 x i16>, ptr %v81, align 2
  %v83 = bitcast <8 x i16> %v82 to <8 x half>
  %v84 = fpext <8 x half> %v83 to <8 x float>
  %v85 = add i64 %v75, 32
  %v86 = getelementptr i8, ptr %v27, i64 %v85
  %v87 = load <8 x i16>, ptr %v86, align 2
  %v88 = bitcast <8 x i16> %v87 to <8 x half>
  %v89 = fpext <8 x half> %v88 to <8 x float>
  %v90 = add i64 %v75, 48
  %v91 = getelementptr i8, ptr %v27, i64 %v90
  %v92 = load <8 x i16>, ptr %v91, align 2
  %v93 = bitcast <8 x i16> %v92 to <8 x half>
  %v94 = fpext <8 x half> %v93 to <8 x float>
  %v95 = add i64 %v35, 1
  %v96 = mul i64 %v95, %v22
  %v97 = add i64 %v96, %v69
  %v98 = mul i64 %v97, 64
  %v99 = getelementptr i8, ptr %v27, i64 %v98
  %v100 = load <8 x i16>, ptr %v99, align 2
  %v101 = bitcast <8 x i16> %v100 to <8 x half>
  %v102 = fpext <8 x half> %v101 to <8 x float>
  %v103 = add i64 %v98, 16
  %v104 = getelementptr i8, ptr %v27, i64 %v103
  %v105 = load <8 x i16>, ptr %v104, align 2
  %v106 = bitcast <8 x i16> %v105 to <8 x half>
  %v107 = fpext <8 x half> %v106 to <8 x float>
  %v108 = add i64 %v98, 32
  %v109 = getelementptr i8, ptr %v27, i64 %v108
  %v110 = load <8 x i16>, ptr %v109, align 2
  %v111 = bitcast <8 x i16> %v110 to <8 x half>
  %v112 = fpext <8 x half> %v111 to <8 x float>
  %v113 = add i64 %v98, 48
  %v114 = getelementptr i8, ptr %v27, i64 %v113
  %v115 = load <8 x i16>, ptr %v114, align 2
  %v116 = bitcast <8 x i16> %v115 to <8 x half>
  %v117 = fpext <8 x half> %v116 to <8 x float>
  %v120 = icmp slt i64 %v59, %v72
  br i1 %v120, label %loop118, label %done119
loop118:
  %v121 = phi i64 [ %v59, %loop57 ], [ %v189, %loop118 ]
  %v122 = phi <8 x float> [ %v60, %loop57 ], [ %v181, %loop118 ]
  %v123 = phi <8 x float> [ %v61, %loop57 ], [ %v182, %loop118 ]
  %v124 = phi <8 x float> [ %v62, %loop57 ], [ %v183, %loop118 ]
  %v125 = phi <8 x float> [ %v63, %loop57 ], [ %v184, %loop118 ]
  %v126 = phi <8 x float> [ %v64, %loop57 ], [ %v185, %loop118 ]
  %v127 = phi <8 x float> [ %v65, %loop57 ], [ %v186, %loop118 ]
  %v128 = phi <8 x float> [ %v66, %loop57 ], [ %v187, %loop118 ]
  %v129 = phi <8 x float> [ %v67, %loop57 ], [ %v188, %loop118 ]
  %v130 = mul i64 %v121, 4
  %v131 = getelementptr i8, ptr %v23, i64 %v130
  %v132 = load float, ptr %v131, align 4
  %v133 = insertelement <8 x float> poison, float %v132, i32 0
  %v134 = shufflevector <8 x float> %v133, <8 x float> poison, <8 x i32> zeroinitializer
  %v135 = mul i64 %v121, 16
  %v136 = getelementptr i8, ptr %v51, i64 %v135
  %v137 = load <8 x i8>, ptr %v136, align 1
  %v138 = zext <8 x i8> %v137 to <8 x i32>
  %v139 = and <8 x i32> %v138, splat (i32 15)
  %v140 = sub <8 x i32> %v139, splat (i32 8)
  %v141 = sitofp <8 x i32> %v140 to <8 x float>
  %v142 = fmul <8 x float> %v141, %v79
  %v143 = getelementptr i8, ptr %v136, i64 8
  %v144 = load <8 x i8>, ptr %v143, align 1
  %v145 = zext <8 x i8> %v144 to <8 x i32>
  %v146 = and <8 x i32> %v145, splat (i32 15)
  %v147 = sub <8 x i32> %v146, splat (i32 8)
  %v148 = sitofp <8 x i32> %v147 to <8 x float>
  %v149 = fmul <8 x float> %v148, %v84
  %v150 = lshr <8 x i32> %v138, splat (i32 4)
  %v151 = sub <8 x i32> %v150, splat (i32 8)
  %v152 = sitofp <8 x i32> %v151 to <8 x float>
  %v153 = fmul <8 x float> %v152, %v89
  %v154 = lshr <8 x i32> %v145, splat (i32 4)
  %v155 = sub <8 x i32> %v154, splat (i32 8)
  %v156 = sitofp <8 x i32> %v155 to <8 x float>
  %v157 = fmul <8 x float> %v156, %v94
  %v158 = mul i64 %v121, 16
  %v159 = getelementptr i8, ptr %v55, i64 %v158
  %v160 = load <8 x i8>, ptr %v159, align 1
  %v161 = zext <8 x i8> %v160 to <8 x i32>
  %v162 = and <8 x i32> %v161, splat (i32 15)
  %v163 = sub <8 x i32> %v162, splat (i32 8)
  %v164 = sitofp <8 x i32> %v163 to <8 x float>
  %v165 = fmul <8 x float> %v164, %v102
  %v166 = getelementptr i8, ptr %v159, i64 8
  %v167 = load <8 x i8>, ptr %v166, align 1
  %v168 = zext <8 x i8> %v167 to <8 x i32>
  %v169 = and <8 x i32> %v168, splat (i32 15)
  %v170 = sub <8 x i32> %v169, splat (i32 8)
  %v171 = sitofp <8 x i32> %v170 to <8 x float>
  %v172 = fmul <8 x float> %v171, %v107
  %v173 = lshr <8 x i32> %v161, splat (i32 4)
  %v174 = sub <8 x i32> %v173, splat (i32 8)
  %v175 = sitofp <8 x i32> %v174 to <8 x float>
  %v176 = fmul <8 x float> %v175, %v112
  %v177 = lshr <8 x i32> %v168, splat (i32 4)
  %v178 = sub <8 x i32> %v177, splat (i32 8)
  %v179 = sitofp <8 x i32> %v178 to <8 x float>
  %v180 = fmul <8 x float> %v179, %v117
  %v181 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v142, <8 x float> %v122)
  %v182 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v149, <8 x float> %v123)
  %v183 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v153, <8 x float> %v124)
  %v184 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v157, <8 x float> %v125)
  %v185 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v165, <8 x float> %v126)
  %v186 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v172, <8 x float> %v127)
  %v187 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v176, <8 x float> %v128)
  %v188 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v134, <8 x float> %v180, <8 x float> %v129)
  %v189 = add i64 %v121, 1
  %v190 = icmp slt i64 %v189, %v72
  br i1 %v190, label %loop118, label %done119
done119:
  %v191 = phi <8 x float> [ %v60, %loop57 ], [ %v181, %loop118 ]
  %v192 = phi <8 x float> [ %v61, %loop57 ], [ %v182, %loop118 ]
  %v193 = phi <8 x float> [ %v62, %loop57 ], [ %v183, %loop118 ]
  %v194 = phi <8 x float> [ %v63, %loop57 ], [ %v184, %loop118 ]
  %v195 = phi <8 x float> [ %v64, %loop57 ], [ %v185, %loop118 ]
  %v196 = phi <8 x float> [ %v65, %loop57 ], [ %v186, %loop118 ]
  %v197 = phi <8 x float> [ %v66, %loop57 ], [ %v187, %loop118 ]
  %v198 = phi <8 x float> [ %v67, %loop57 ], [ %v188, %loop118 ]
  br label %while56
done58:
  %v199 = mul i64 %v35, 128
  %v200 = getelementptr i8, ptr %v29, i64 %v199
  store <8 x float> %v60, ptr %v200, align 4
  %v201 = mul i64 %v35, 128
  %v202 = add i64 %v201, 32
  %v203 = getelementptr i8, ptr %v29, i64 %v202
  store <8 x float> %v61, ptr %v203, align 4
  %v204 = mul i64 %v35, 128
  %v205 = add i64 %v204, 64
  %v206 = getelementptr i8, ptr %v29, i64 %v205
  store <8 x float> %v62, ptr %v206, align 4
  %v207 = mul i64 %v35, 128
  %v208 = add i64 %v207, 96
  %v209 = getelementptr i8, ptr %v29, i64 %v208
  store <8 x float> %v63, ptr %v209, align 4
  %v210 = add i64 %v35, 1
  %v211 = mul i64 %v210, 128
  %v212 = getelementptr i8, ptr %v29, i64 %v211
  store <8 x float> %v64, ptr %v212, align 4
  %v213 = add i64 %v35, 1
  %v214 = mul i64 %v213, 128
  %v215 = add i64 %v214, 32
  %v216 = getelementptr i8, ptr %v29, i64 %v215
  store <8 x float> %v65, ptr %v216, align 4
  %v217 = add i64 %v35, 1
  %v218 = mul i64 %v217, 128
  %v219 = add i64 %v218, 64
  %v220 = getelementptr i8, ptr %v29, i64 %v219
  store <8 x float> %v66, ptr %v220, align 4
  %v221 = add i64 %v35, 1
  %v222 = mul i64 %v221, 128
  %v223 = add i64 %v222, 96
  %v224 = getelementptr i8, ptr %v29, i64 %v223
  store <8 x float> %v67, ptr %v224, align 4
  br label %end48
else47:
  %v227 = icmp slt i64 %v35, %v37
  br i1 %v227, label %loop225, label %done226
loop225:
  %v228 = phi i64 [ %v35, %else47 ], [ %v324, %done234 ]
  %v229 = mul i64 %v228, %v15
  %v230 = mul i64 %v229, 16
  %v231 = getelementptr i8, ptr %v25, i64 %v230
  br label %while232
while232:
  %v235 = phi i64 [ 0, %loop225 ], [ %v244, %done268 ]
  %v236 = phi <8 x float> [ splat (float 0x0000000000000000), %loop225 ], [ %v309, %done268 ]
  %v237 = phi <8 x float> [ splat (float 0x0000000000000000), %loop225 ], [ %v310, %done268 ]
  %v238 = phi <8 x float> [ splat (float 0x0000000000000000), %loop225 ], [ %v311, %done268 ]
  %v239 = phi <8 x float> [ splat (float 0x0000000000000000), %loop225 ], [ %v312, %done268 ]
  %v240 = icmp slt i64 %v235, %v15
  br i1 %v240, label %loop233, label %done234
loop233:
  %v241 = udiv i64 %v235, %v17
  %v242 = add i64 %v241, 1
  %v243 = mul i64 %v242, %v17
  %v244 = call i64 @llvm.smin.i64(i64 %v15, i64 %v243)
  %v245 = mul i64 %v228, %v22
  %v246 = add i64 %v245, %v241
  %v247 = mul i64 %v246, 64
  %v248 = getelementptr i8, ptr %v27, i64 %v247
  %v249 = load <8 x i16>, ptr %v248, align 2
  %v250 = bitcast <8 x i16> %v249 to <8 x half>
  %v251 = fpext <8 x half> %v250 to <8 x float>
  %v252 = add i64 %v247, 16
  %v253 = getelementptr i8, ptr %v27, i64 %v252
  %v254 = load <8 x i16>, ptr %v253, align 2
  %v255 = bitcast <8 x i16> %v254 to <8 x half>
  %v256 = fpext <8 x half> %v255 to <8 x float>
  %v257 = add i64 %v247, 32
  %v258 = getelementptr i8, ptr %v27, i64 %v257
  %v259 = load <8 x i16>, ptr %v258, align 2
  %v260 = bitcast <8 x i16> %v259 to <8 x half>
  %v261 = fpext <8 x half> %v260 to <8 x float>
  %v262 = add i64 %v247, 48
  %v263 = getelementptr i8, ptr %v27, i64 %v262
  %v264 = load <8 x i16>, ptr %v263, align 2
  %v265 = bitcast <8 x i16> %v264 to <8 x half>
  %v266 = fpext <8 x half> %v265 to <8 x float>
  %v269 = icmp slt i64 %v235, %v244
  br i1 %v269, label %loop267, label %done268
loop267:
  %v270 = phi i64 [ %v235, %loop233 ], [ %v307, %loop267 ]
  %v271 = phi <8 x float> [ %v236, %loop233 ], [ %v303, %loop267 ]
  %v272 = phi <8 x float> [ %v237, %loop233 ], [ %v304, %loop267 ]
  %v273 = phi <8 x float> [ %v238, %loop233 ], [ %v305, %loop267 ]
  %v274 = phi <8 x float> [ %v239, %loop233 ], [ %v306, %loop267 ]
  %v275 = mul i64 %v270, 4
  %v276 = getelementptr i8, ptr %v23, i64 %v275
  %v277 = load float, ptr %v276, align 4
  %v278 = insertelement <8 x float> poison, float %v277, i32 0
  %v279 = shufflevector <8 x float> %v278, <8 x float> poison, <8 x i32> zeroinitializer
  %v280 = mul i64 %v270, 16
  %v281 = getelementptr i8, ptr %v231, i64 %v280
  %v282 = load <8 x i8>, ptr %v281, align 1
  %v283 = zext <8 x i8> %v282 to <8 x i32>
  %v284 = and <8 x i32> %v283, splat (i32 15)
  %v285 = sub <8 x i32> %v284, splat (i32 8)
  %v286 = sitofp <8 x i32> %v285 to <8 x float>
  %v287 = fmul <8 x float> %v286, %v251
  %v288 = getelementptr i8, ptr %v281, i64 8
  %v289 = load <8 x i8>, ptr %v288, align 1
  %v290 = zext <8 x i8> %v289 to <8 x i32>
  %v291 = and <8 x i32> %v290, splat (i32 15)
  %v292 = sub <8 x i32> %v291, splat (i32 8)
  %v293 = sitofp <8 x i32> %v292 to <8 x float>
  %v294 = fmul <8 x float> %v293, %v256
  %v295 = lshr <8 x i32> %v283, splat (i32 4)
  %v296 = sub <8 x i32> %v295, splat (i32 8)
  %v297 = sitofp <8 x i32> %v296 to <8 x float>
  %v298 = fmul <8 x float> %v297, %v261
  %v299 = lshr <8 x i32> %v290, splat (i32 4)
  %v300 = sub <8 x i32> %v299, splat (i32 8)
  %v301 = sitofp <8 x i32> %v300 to <8 x float>
  %v302 = fmul <8 x float> %v301, %v266
  %v303 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v279, <8 x float> %v287, <8 x float> %v271)
  %v304 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v279, <8 x float> %v294, <8 x float> %v272)
  %v305 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v279, <8 x float> %v298, <8 x float> %v273)
  %v306 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v279, <8 x float> %v302, <8 x float> %v274)
  %v307 = add i64 %v270, 1
  %v308 = icmp slt i64 %v307, %v244
  br i1 %v308, label %loop267, label %done268
done268:
  %v309 = phi <8 x float> [ %v236, %loop233 ], [ %v303, %loop267 ]
  %v310 = phi <8 x float> [ %v237, %loop233 ], [ %v304, %loop267 ]
  %v311 = phi <8 x float> [ %v238, %loop233 ], [ %v305, %loop267 ]
  %v312 = phi <8 x float> [ %v239, %loop233 ], [ %v306, %loop267 ]
  br label %while232
done234:
  %v313 = mul i64 %v228, 128
  %v314 = getelementptr i8, ptr %v29, i64 %v313
  store <8 x float> %v236, ptr %v314, align 4
  %v315 = mul i64 %v228, 128
  %v316 = add i64 %v315, 32
  %v317 = getelementptr i8, ptr %v29, i64 %v316
  store <8 x float> %v237, ptr %v317, align 4
  %v318 = mul i64 %v228, 128
  %v319 = add i64 %v318, 64
  %v320 = getelementptr i8, ptr %v29, i64 %v319
  store <8 x float> %v238, ptr %v320, align 4
  %v321 = mul i64 %v228, 128
  %v322 = add i64 %v321, 96
  %v323 = getelementptr i8, ptr %v29, i64 %v322
  store <8 x float> %v239, ptr %v323, align 4
  %v324 = add i64 %v228, 1
  %v325 = icmp slt i64 %v324, %v37
  br i1 %v325, label %loop225, label %done226
done226:
  br label %end48
end48:
  br label %end43
case40:
  %v328 = icmp slt i64 %v35, %v37
  br i1 %v328, label %loop326, label %done327
loop326:
  %v329 = phi i64 [ %v35, %case40 ], [ %v462, %done335 ]
  %v330 = mul i64 %v329, %v15
  %v331 = mul i64 %v330, 16
  %v332 = getelementptr i8, ptr %v25, i64 %v331
  br label %while333
while333:
  %v336 = phi i64 [ 0, %loop326 ], [ %v349, %done373 ]
  %v337 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v428, %done373 ]
  %v338 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v429, %done373 ]
  %v339 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v430, %done373 ]
  %v340 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v431, %done373 ]
  %v341 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v432, %done373 ]
  %v342 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v433, %done373 ]
  %v343 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v434, %done373 ]
  %v344 = phi <8 x float> [ splat (float 0x0000000000000000), %loop326 ], [ %v435, %done373 ]
  %v345 = icmp slt i64 %v336, %v15
  br i1 %v345, label %loop334, label %done335
loop334:
  %v346 = udiv i64 %v336, %v17
  %v347 = add i64 %v346, 1
  %v348 = mul i64 %v347, %v17
  %v349 = call i64 @llvm.smin.i64(i64 %v15, i64 %v348)
  %v350 = mul i64 %v329, %v22
  %v351 = add i64 %v350, %v346
  %v352 = mul i64 %v351, 64
  %v353 = getelementptr i8, ptr %v27, i64 %v352
  %v354 = load <8 x i16>, ptr %v353, align 2
  %v355 = bitcast <8 x i16> %v354 to <8 x half>
  %v356 = fpext <8 x half> %v355 to <8 x float>
  %v357 = add i64 %v352, 16
  %v358 = getelementptr i8, ptr %v27, i64 %v357
  %v359 = load <8 x i16>, ptr %v358, align 2
  %v360 = bitcast <8 x i16> %v359 to <8 x half>
  %v361 = fpext <8 x half> %v360 to <8 x float>
  %v362 = add i64 %v352, 32
  %v363 = getelementptr i8, ptr %v27, i64 %v362
  %v364 = load <8 x i16>, ptr %v363, align 2
  %v365 = bitcast <8 x i16> %v364 to <8 x half>
  %v366 = fpext <8 x half> %v365 to <8 x float>
  %v367 = add i64 %v352, 48
  %v368 = getelementptr i8, ptr %v27, i64 %v367
  %v369 = load <8 x i16>, ptr %v368, align 2
  %v370 = bitcast <8 x i16> %v369 to <8 x half>
  %v371 = fpext <8 x half> %v370 to <8 x float>
  %v374 = icmp slt i64 %v336, %v349
  br i1 %v374, label %loop372, label %done373
loop372:
  %v375 = phi i64 [ %v336, %loop334 ], [ %v426, %loop372 ]
  %v376 = phi <8 x float> [ %v337, %loop334 ], [ %v418, %loop372 ]
  %v377 = phi <8 x float> [ %v338, %loop334 ], [ %v419, %loop372 ]
  %v378 = phi <8 x float> [ %v339, %loop334 ], [ %v420, %loop372 ]
  %v379 = phi <8 x float> [ %v340, %loop334 ], [ %v421, %loop372 ]
  %v380 = phi <8 x float> [ %v341, %loop334 ], [ %v422, %loop372 ]
  %v381 = phi <8 x float> [ %v342, %loop334 ], [ %v423, %loop372 ]
  %v382 = phi <8 x float> [ %v343, %loop334 ], [ %v424, %loop372 ]
  %v383 = phi <8 x float> [ %v344, %loop334 ], [ %v425, %loop372 ]
  %v384 = mul i64 %v375, 4
  %v385 = getelementptr i8, ptr %v23, i64 %v384
  %v386 = load float, ptr %v385, align 4
  %v387 = insertelement <8 x float> poison, float %v386, i32 0
  %v388 = shufflevector <8 x float> %v387, <8 x float> poison, <8 x i32> zeroinitializer
  %v389 = add i64 %v15, %v375
  %v390 = mul i64 %v389, 4
  %v391 = getelementptr i8, ptr %v23, i64 %v390
  %v392 = load float, ptr %v391, align 4
  %v393 = insertelement <8 x float> poison, float %v392, i32 0
  %v394 = shufflevector <8 x float> %v393, <8 x float> poison, <8 x i32> zeroinitializer
  %v395 = mul i64 %v375, 16
  %v396 = getelementptr i8, ptr %v332, i64 %v395
  %v397 = load <8 x i8>, ptr %v396, align 1
  %v398 = zext <8 x i8> %v397 to <8 x i32>
  %v399 = and <8 x i32> %v398, splat (i32 15)
  %v400 = sub <8 x i32> %v399, splat (i32 8)
  %v401 = sitofp <8 x i32> %v400 to <8 x float>
  %v402 = fmul <8 x float> %v401, %v356
  %v403 = getelementptr i8, ptr %v396, i64 8
  %v404 = load <8 x i8>, ptr %v403, align 1
  %v405 = zext <8 x i8> %v404 to <8 x i32>
  %v406 = and <8 x i32> %v405, splat (i32 15)
  %v407 = sub <8 x i32> %v406, splat (i32 8)
  %v408 = sitofp <8 x i32> %v407 to <8 x float>
  %v409 = fmul <8 x float> %v408, %v361
  %v410 = lshr <8 x i32> %v398, splat (i32 4)
  %v411 = sub <8 x i32> %v410, splat (i32 8)
  %v412 = sitofp <8 x i32> %v411 to <8 x float>
  %v413 = fmul <8 x float> %v412, %v366
  %v414 = lshr <8 x i32> %v405, splat (i32 4)
  %v415 = sub <8 x i32> %v414, splat (i32 8)
  %v416 = sitofp <8 x i32> %v415 to <8 x float>
  %v417 = fmul <8 x float> %v416, %v371
  %v418 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v388, <8 x float> %v402, <8 x float> %v376)
  %v419 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v388, <8 x float> %v409, <8 x float> %v377)
  %v420 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v388, <8 x float> %v413, <8 x float> %v378)
  %v421 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v388, <8 x float> %v417, <8 x float> %v379)
  %v422 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v394, <8 x float> %v402, <8 x float> %v380)
  %v423 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v394, <8 x float> %v409, <8 x float> %v381)
  %v424 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v394, <8 x float> %v413, <8 x float> %v382)
  %v425 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v394, <8 x float> %v417, <8 x float> %v383)
  %v426 = add i64 %v375, 1
  %v427 = icmp slt i64 %v426, %v349
  br i1 %v427, label %loop372, label %done373
done373:
  %v428 = phi <8 x float> [ %v337, %loop334 ], [ %v418, %loop372 ]
  %v429 = phi <8 x float> [ %v338, %loop334 ], [ %v419, %loop372 ]
  %v430 = phi <8 x float> [ %v339, %loop334 ], [ %v420, %loop372 ]
  %v431 = phi <8 x float> [ %v340, %loop334 ], [ %v421, %loop372 ]
  %v432 = phi <8 x float> [ %v341, %loop334 ], [ %v422, %loop372 ]
  %v433 = phi <8 x float> [ %v342, %loop334 ], [ %v423, %loop372 ]
  %v434 = phi <8 x float> [ %v343, %loop334 ], [ %v424, %loop372 ]
  %v435 = phi <8 x float> [ %v344, %loop334 ], [ %v425, %loop372 ]
  br label %while333
done335:
  %v436 = mul i64 %v329, 128
  %v437 = getelementptr i8, ptr %v29, i64 %v436
  store <8 x float> %v337, ptr %v437, align 4
  %v438 = mul i64 %v329, 128
  %v439 = add i64 %v438, 32
  %v440 = getelementptr i8, ptr %v29, i64 %v439
  store <8 x float> %v338, ptr %v440, align 4
  %v441 = mul i64 %v329, 128
  %v442 = add i64 %v441, 64
  %v443 = getelementptr i8, ptr %v29, i64 %v442
  store <8 x float> %v339, ptr %v443, align 4
  %v444 = mul i64 %v329, 128
  %v445 = add i64 %v444, 96
  %v446 = getelementptr i8, ptr %v29, i64 %v445
  store <8 x float> %v340, ptr %v446, align 4
  %v447 = mul i64 %v329, 128
  %v448 = add i64 %v30, %v447
  %v449 = getelementptr i8, ptr %v29, i64 %v448
  store <8 x float> %v341, ptr %v449, align 4
  %v450 = mul i64 %v329, 128
  %v451 = add i64 %v30, %v450
  %v452 = add i64 %v451, 32
  %v453 = getelementptr i8, ptr %v29, i64 %v452
  store <8 x float> %v342, ptr %v453, align 4
  %v454 = mul i64 %v329, 128
  %v455 = add i64 %v30, %v454
  %v456 = add i64 %v455, 64
  %v457 = getelementptr i8, ptr %v29, i64 %v456
  store <8 x float> %v343, ptr %v457, align 4
  %v458 = mul i64 %v329, 128
  %v459 = add i64 %v30, %v458
  %v460 = add i64 %v459, 96
  %v461 = getelementptr i8, ptr %v29, i64 %v460
  store <8 x float> %v344, ptr %v461, align 4
  %v462 = add i64 %v329, 1
  %v463 = icmp slt i64 %v462, %v37
  br i1 %v463, label %loop326, label %done327
done327:
  br label %end43
case41:
  %v466 = icmp slt i64 %v35, %v37
  br i1 %v466, label %loop464, label %done465
loop464:
  %v467 = phi i64 [ %v35, %case41 ], [ %v688, %done581 ]
  %v468 = mul i64 %v467, %v15
  %v469 = mul i64 %v468, 16
  %v470 = getelementptr i8, ptr %v25, i64 %v469
  br label %while471
while471:
  %v474 = phi i64 [ 0, %loop464 ], [ %v485, %done499 ]
  %v475 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v549, %done499 ]
  %v476 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v550, %done499 ]
  %v477 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v551, %done499 ]
  %v478 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v552, %done499 ]
  %v479 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v553, %done499 ]
  %v480 = phi <8 x float> [ splat (float 0x0000000000000000), %loop464 ], [ %v554, %done499 ]
  %v481 = icmp slt i64 %v474, %v15
  br i1 %v481, label %loop472, label %done473
loop472:
  %v482 = udiv i64 %v474, %v17
  %v483 = add i64 %v482, 1
  %v484 = mul i64 %v483, %v17
  %v485 = call i64 @llvm.smin.i64(i64 %v15, i64 %v484)
  %v486 = mul i64 %v467, %v22
  %v487 = add i64 %v486, %v482
  %v488 = mul i64 %v487, 64
  %v489 = getelementptr i8, ptr %v27, i64 %v488
  %v490 = load <8 x i16>, ptr %v489, align 2
  %v491 = bitcast <8 x i16> %v490 to <8 x half>
  %v492 = fpext <8 x half> %v491 to <8 x float>
  %v493 = add i64 %v488, 16
  %v494 = getelementptr i8, ptr %v27, i64 %v493
  %v495 = load <8 x i16>, ptr %v494, align 2
  %v496 = bitcast <8 x i16> %v495 to <8 x half>
  %v497 = fpext <8 x half> %v496 to <8 x float>
  %v500 = icmp slt i64 %v474, %v485
  br i1 %v500, label %loop498, label %done499
loop498:
  %v501 = phi i64 [ %v474, %loop472 ], [ %v547, %loop498 ]
  %v502 = phi <8 x float> [ %v475, %loop472 ], [ %v541, %loop498 ]
  %v503 = phi <8 x float> [ %v476, %loop472 ], [ %v542, %loop498 ]
  %v504 = phi <8 x float> [ %v477, %loop472 ], [ %v543, %loop498 ]
  %v505 = phi <8 x float> [ %v478, %loop472 ], [ %v544, %loop498 ]
  %v506 = phi <8 x float> [ %v479, %loop472 ], [ %v545, %loop498 ]
  %v507 = phi <8 x float> [ %v480, %loop472 ], [ %v546, %loop498 ]
  %v508 = mul i64 %v501, 4
  %v509 = getelementptr i8, ptr %v23, i64 %v508
  %v510 = load float, ptr %v509, align 4
  %v511 = insertelement <8 x float> poison, float %v510, i32 0
  %v512 = shufflevector <8 x float> %v511, <8 x float> poison, <8 x i32> zeroinitializer
  %v513 = add i64 %v15, %v501
  %v514 = mul i64 %v513, 4
  %v515 = getelementptr i8, ptr %v23, i64 %v514
  %v516 = load float, ptr %v515, align 4
  %v517 = insertelement <8 x float> poison, float %v516, i32 0
  %v518 = shufflevector <8 x float> %v517, <8 x float> poison, <8 x i32> zeroinitializer
  %v519 = mul i64 %v15, 2
  %v520 = add i64 %v519, %v501
  %v521 = mul i64 %v520, 4
  %v522 = getelementptr i8, ptr %v23, i64 %v521
  %v523 = load float, ptr %v522, align 4
  %v524 = insertelement <8 x float> poison, float %v523, i32 0
  %v525 = shufflevector <8 x float> %v524, <8 x float> poison, <8 x i32> zeroinitializer
  %v526 = mul i64 %v501, 16
  %v527 = getelementptr i8, ptr %v470, i64 %v526
  %v528 = load <8 x i8>, ptr %v527, align 1
  %v529 = zext <8 x i8> %v528 to <8 x i32>
  %v530 = and <8 x i32> %v529, splat (i32 15)
  %v531 = sub <8 x i32> %v530, splat (i32 8)
  %v532 = sitofp <8 x i32> %v531 to <8 x float>
  %v533 = fmul <8 x float> %v532, %v492
  %v534 = getelementptr i8, ptr %v527, i64 8
  %v535 = load <8 x i8>, ptr %v534, align 1
  %v536 = zext <8 x i8> %v535 to <8 x i32>
  %v537 = and <8 x i32> %v536, splat (i32 15)
  %v538 = sub <8 x i32> %v537, splat (i32 8)
  %v539 = sitofp <8 x i32> %v538 to <8 x float>
  %v540 = fmul <8 x float> %v539, %v497
  %v541 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v512, <8 x float> %v533, <8 x float> %v502)
  %v542 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v512, <8 x float> %v540, <8 x float> %v503)
  %v543 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v518, <8 x float> %v533, <8 x float> %v504)
  %v544 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v518, <8 x float> %v540, <8 x float> %v505)
  %v545 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v525, <8 x float> %v533, <8 x float> %v506)
  %v546 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v525, <8 x float> %v540, <8 x float> %v507)
  %v547 = add i64 %v501, 1
  %v548 = icmp slt i64 %v547, %v485
  br i1 %v548, label %loop498, label %done499
done499:
  %v549 = phi <8 x float> [ %v475, %loop472 ], [ %v541, %loop498 ]
  %v550 = phi <8 x float> [ %v476, %loop472 ], [ %v542, %loop498 ]
  %v551 = phi <8 x float> [ %v477, %loop472 ], [ %v543, %loop498 ]
  %v552 = phi <8 x float> [ %v478, %loop472 ], [ %v544, %loop498 ]
  %v553 = phi <8 x float> [ %v479, %loop472 ], [ %v545, %loop498 ]
  %v554 = phi <8 x float> [ %v480, %loop472 ], [ %v546, %loop498 ]
  br label %while471
done473:
  %v555 = mul i64 %v467, 128
  %v556 = getelementptr i8, ptr %v29, i64 %v555
  store <8 x float> %v475, ptr %v556, align 4
  %v557 = mul i64 %v467, 128
  %v558 = add i64 %v557, 32
  %v559 = getelementptr i8, ptr %v29, i64 %v558
  store <8 x float> %v476, ptr %v559, align 4
  %v560 = mul i64 %v467, 128
  %v561 = add i64 %v30, %v560
  %v562 = getelementptr i8, ptr %v29, i64 %v561
  store <8 x float> %v477, ptr %v562, align 4
  %v563 = mul i64 %v467, 128
  %v564 = add i64 %v30, %v563
  %v565 = add i64 %v564, 32
  %v566 = getelementptr i8, ptr %v29, i64 %v565
  store <8 x float> %v478, ptr %v566, align 4
  %v567 = mul i64 %v30, 2
  %v568 = mul i64 %v467, 128
  %v569 = add i64 %v567, %v568
  %v570 = getelementptr i8, ptr %v29, i64 %v569
  store <8 x float> %v479, ptr %v570, align 4
  %v571 = mul i64 %v30, 2
  %v572 = mul i64 %v467, 128
  %v573 = add i64 %v571, %v572
  %v574 = add i64 %v573, 32
  %v575 = getelementptr i8, ptr %v29, i64 %v574
  store <8 x float> %v480, ptr %v575, align 4
  %v576 = mul i64 %v467, %v15
  %v577 = mul i64 %v576, 16
  %v578 = getelementptr i8, ptr %v25, i64 %v577
  br label %while579
while579:
  %v582 = phi i64 [ 0, %done473 ], [ %v593, %done608 ]
  %v583 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v658, %done608 ]
  %v584 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v659, %done608 ]
  %v585 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v660, %done608 ]
  %v586 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v661, %done608 ]
  %v587 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v662, %done608 ]
  %v588 = phi <8 x float> [ splat (float 0x0000000000000000), %done473 ], [ %v663, %done608 ]
  %v589 = icmp slt i64 %v582, %v15
  br i1 %v589, label %loop580, label %done581
loop580:
  %v590 = udiv i64 %v582, %v17
  %v591 = add i64 %v590, 1
  %v592 = mul i64 %v591, %v17
  %v593 = call i64 @llvm.smin.i64(i64 %v15, i64 %v592)
  %v594 = mul i64 %v467, %v22
  %v595 = add i64 %v594, %v590
  %v596 = mul i64 %v595, 64
  %v597 = add i64 %v596, 32
  %v598 = getelementptr i8, ptr %v27, i64 %v597
  %v599 = load <8 x i16>, ptr %v598, align 2
  %v600 = bitcast <8 x i16> %v599 to <8 x half>
  %v601 = fpext <8 x half> %v600 to <8 x float>
  %v602 = add i64 %v596, 48
  %v603 = getelementptr i8, ptr %v27, i64 %v602
  %v604 = load <8 x i16>, ptr %v603, align 2
  %v605 = bitcast <8 x i16> %v604 to <8 x half>
  %v606 = fpext <8 x half> %v605 to <8 x float>
  %v609 = icmp slt i64 %v582, %v593
  br i1 %v609, label %loop607, label %done608
loop607:
  %v610 = phi i64 [ %v582, %loop580 ], [ %v656, %loop607 ]
  %v611 = phi <8 x float> [ %v583, %loop580 ], [ %v650, %loop607 ]
  %v612 = phi <8 x float> [ %v584, %loop580 ], [ %v651, %loop607 ]
  %v613 = phi <8 x float> [ %v585, %loop580 ], [ %v652, %loop607 ]
  %v614 = phi <8 x float> [ %v586, %loop580 ], [ %v653, %loop607 ]
  %v615 = phi <8 x float> [ %v587, %loop580 ], [ %v654, %loop607 ]
  %v616 = phi <8 x float> [ %v588, %loop580 ], [ %v655, %loop607 ]
  %v617 = mul i64 %v610, 4
  %v618 = getelementptr i8, ptr %v23, i64 %v617
  %v619 = load float, ptr %v618, align 4
  %v620 = insertelement <8 x float> poison, float %v619, i32 0
  %v621 = shufflevector <8 x float> %v620, <8 x float> poison, <8 x i32> zeroinitializer
  %v622 = add i64 %v15, %v610
  %v623 = mul i64 %v622, 4
  %v624 = getelementptr i8, ptr %v23, i64 %v623
  %v625 = load float, ptr %v624, align 4
  %v626 = insertelement <8 x float> poison, float %v625, i32 0
  %v627 = shufflevector <8 x float> %v626, <8 x float> poison, <8 x i32> zeroinitializer
  %v628 = mul i64 %v15, 2
  %v629 = add i64 %v628, %v610
  %v630 = mul i64 %v629, 4
  %v631 = getelementptr i8, ptr %v23, i64 %v630
  %v632 = load float, ptr %v631, align 4
  %v633 = insertelement <8 x float> poison, float %v632, i32 0
  %v634 = shufflevector <8 x float> %v633, <8 x float> poison, <8 x i32> zeroinitializer
  %v635 = mul i64 %v610, 16
  %v636 = getelementptr i8, ptr %v578, i64 %v635
  %v637 = load <8 x i8>, ptr %v636, align 1
  %v638 = zext <8 x i8> %v637 to <8 x i32>
  %v639 = lshr <8 x i32> %v638, splat (i32 4)
  %v640 = sub <8 x i32> %v639, splat (i32 8)
  %v641 = sitofp <8 x i32> %v640 to <8 x float>
  %v642 = fmul <8 x float> %v641, %v601
  %v643 = getelementptr i8, ptr %v636, i64 8
  %v644 = load <8 x i8>, ptr %v643, align 1
  %v645 = zext <8 x i8> %v644 to <8 x i32>
  %v646 = lshr <8 x i32> %v645, splat (i32 4)
  %v647 = sub <8 x i32> %v646, splat (i32 8)
  %v648 = sitofp <8 x i32> %v647 to <8 x float>
  %v649 = fmul <8 x float> %v648, %v606
  %v650 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v621, <8 x float> %v642, <8 x float> %v611)
  %v651 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v621, <8 x float> %v649, <8 x float> %v612)
  %v652 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v627, <8 x float> %v642, <8 x float> %v613)
  %v653 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v627, <8 x float> %v649, <8 x float> %v614)
  %v654 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v634, <8 x float> %v642, <8 x float> %v615)
  %v655 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v634, <8 x float> %v649, <8 x float> %v616)
  %v656 = add i64 %v610, 1
  %v657 = icmp slt i64 %v656, %v593
  br i1 %v657, label %loop607, label %done608
done608:
  %v658 = phi <8 x float> [ %v583, %loop580 ], [ %v650, %loop607 ]
  %v659 = phi <8 x float> [ %v584, %loop580 ], [ %v651, %loop607 ]
  %v660 = phi <8 x float> [ %v585, %loop580 ], [ %v652, %loop607 ]
  %v661 = phi <8 x float> [ %v586, %loop580 ], [ %v653, %loop607 ]
  %v662 = phi <8 x float> [ %v587, %loop580 ], [ %v654, %loop607 ]
  %v663 = phi <8 x float> [ %v588, %loop580 ], [ %v655, %loop607 ]
  br label %while579
done581:
  %v664 = mul i64 %v467, 128
  %v665 = add i64 %v664, 64
  %v666 = getelementptr i8, ptr %v29, i64 %v665
  store <8 x float> %v583, ptr %v666, align 4
  %v667 = mul i64 %v467, 128
  %v668 = add i64 %v667, 96
  %v669 = getelementptr i8, ptr %v29, i64 %v668
  store <8 x float> %v584, ptr %v669, align 4
  %v670 = mul i64 %v467, 128
  %v671 = add i64 %v30, %v670
  %v672 = add i64 %v671, 64
  %v673 = getelementptr i8, ptr %v29, i64 %v672
  store <8 x float> %v585, ptr %v673, align 4
  %v674 = mul i64 %v467, 128
  %v675 = add i64 %v30, %v674
  %v676 = add i64 %v675, 96
  %v677 = getelementptr i8, ptr %v29, i64 %v676
  store <8 x float> %v586, ptr %v677, align 4
  %v678 = mul i64 %v30, 2
  %v679 = mul i64 %v467, 128
  %v680 = add i64 %v678, %v679
  %v681 = add i64 %v680, 64
  %v682 = getelementptr i8, ptr %v29, i64 %v681
  store <8 x float> %v587, ptr %v682, align 4
  %v683 = mul i64 %v30, 2
  %v684 = mul i64 %v467, 128
  %v685 = add i64 %v683, %v684
  %v686 = add i64 %v685, 96
  %v687 = getelementptr i8, ptr %v29, i64 %v686
  store <8 x float> %v588, ptr %v687, align 4
  %v688 = add i64 %v467, 1
  %v689 = icmp slt i64 %v688, %v37
  br i1 %v689, label %loop464, label %done465
done465:
  br label %end43
case42:
  %v692 = icmp slt i64 %v35, %v37
  br i1 %v692, label %loop690, label %done691
loop690:
  %v693 = phi i64 [ %v35, %case42 ], [ %v963, %done831 ]
  %v694 = mul i64 %v693, %v15
  %v695 = mul i64 %v694, 16
  %v696 = getelementptr i8, ptr %v25, i64 %v695
  br label %while697
while697:
  %v700 = phi i64 [ 0, %loop690 ], [ %v713, %done727 ]
  %v701 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v788, %done727 ]
  %v702 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v789, %done727 ]
  %v703 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v790, %done727 ]
  %v704 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v791, %done727 ]
  %v705 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v792, %done727 ]
  %v706 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v793, %done727 ]
  %v707 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v794, %done727 ]
  %v708 = phi <8 x float> [ splat (float 0x0000000000000000), %loop690 ], [ %v795, %done727 ]
  %v709 = icmp slt i64 %v700, %v15
  br i1 %v709, label %loop698, label %done699
loop698:
  %v710 = udiv i64 %v700, %v17
  %v711 = add i64 %v710, 1
  %v712 = mul i64 %v711, %v17
  %v713 = call i64 @llvm.smin.i64(i64 %v15, i64 %v712)
  %v714 = mul i64 %v693, %v22
  %v715 = add i64 %v714, %v710
  %v716 = mul i64 %v715, 64
  %v717 = getelementptr i8, ptr %v27, i64 %v716
  %v718 = load <8 x i16>, ptr %v717, align 2
  %v719 = bitcast <8 x i16> %v718 to <8 x half>
  %v720 = fpext <8 x half> %v719 to <8 x float>
  %v721 = add i64 %v716, 16
  %v722 = getelementptr i8, ptr %v27, i64 %v721
  %v723 = load <8 x i16>, ptr %v722, align 2
  %v724 = bitcast <8 x i16> %v723 to <8 x half>
  %v725 = fpext <8 x half> %v724 to <8 x float>
  %v728 = icmp slt i64 %v700, %v713
  br i1 %v728, label %loop726, label %done727
loop726:
  %v729 = phi i64 [ %v700, %loop698 ], [ %v786, %loop726 ]
  %v730 = phi <8 x float> [ %v701, %loop698 ], [ %v778, %loop726 ]
  %v731 = phi <8 x float> [ %v702, %loop698 ], [ %v779, %loop726 ]
  %v732 = phi <8 x float> [ %v703, %loop698 ], [ %v780, %loop726 ]
  %v733 = phi <8 x float> [ %v704, %loop698 ], [ %v781, %loop726 ]
  %v734 = phi <8 x float> [ %v705, %loop698 ], [ %v782, %loop726 ]
  %v735 = phi <8 x float> [ %v706, %loop698 ], [ %v783, %loop726 ]
  %v736 = phi <8 x float> [ %v707, %loop698 ], [ %v784, %loop726 ]
  %v737 = phi <8 x float> [ %v708, %loop698 ], [ %v785, %loop726 ]
  %v738 = mul i64 %v729, 4
  %v739 = getelementptr i8, ptr %v23, i64 %v738
  %v740 = load float, ptr %v739, align 4
  %v741 = insertelement <8 x float> poison, float %v740, i32 0
  %v742 = shufflevector <8 x float> %v741, <8 x float> poison, <8 x i32> zeroinitializer
  %v743 = add i64 %v15, %v729
  %v744 = mul i64 %v743, 4
  %v745 = getelementptr i8, ptr %v23, i64 %v744
  %v746 = load float, ptr %v745, align 4
  %v747 = insertelement <8 x float> poison, float %v746, i32 0
  %v748 = shufflevector <8 x float> %v747, <8 x float> poison, <8 x i32> zeroinitializer
  %v749 = mul i64 %v15, 2
  %v750 = add i64 %v749, %v729
  %v751 = mul i64 %v750, 4
  %v752 = getelementptr i8, ptr %v23, i64 %v751
  %v753 = load float, ptr %v752, align 4
  %v754 = insertelement <8 x float> poison, float %v753, i32 0
  %v755 = shufflevector <8 x float> %v754, <8 x float> poison, <8 x i32> zeroinitializer
  %v756 = mul i64 %v15, 3
  %v757 = add i64 %v756, %v729
  %v758 = mul i64 %v757, 4
  %v759 = getelementptr i8, ptr %v23, i64 %v758
  %v760 = load float, ptr %v759, align 4
  %v761 = insertelement <8 x float> poison, float %v760, i32 0
  %v762 = shufflevector <8 x float> %v761, <8 x float> poison, <8 x i32> zeroinitializer
  %v763 = mul i64 %v729, 16
  %v764 = getelementptr i8, ptr %v696, i64 %v763
  %v765 = load <8 x i8>, ptr %v764, align 1
  %v766 = zext <8 x i8> %v765 to <8 x i32>
  %v767 = and <8 x i32> %v766, splat (i32 15)
  %v768 = sub <8 x i32> %v767, splat (i32 8)
  %v769 = sitofp <8 x i32> %v768 to <8 x float>
  %v770 = fmul <8 x float> %v769, %v720
  %v771 = getelementptr i8, ptr %v764, i64 8
  %v772 = load <8 x i8>, ptr %v771, align 1
  %v773 = zext <8 x i8> %v772 to <8 x i32>
  %v774 = and <8 x i32> %v773, splat (i32 15)
  %v775 = sub <8 x i32> %v774, splat (i32 8)
  %v776 = sitofp <8 x i32> %v775 to <8 x float>
  %v777 = fmul <8 x float> %v776, %v725
  %v778 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v742, <8 x float> %v770, <8 x float> %v730)
  %v779 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v742, <8 x float> %v777, <8 x float> %v731)
  %v780 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v748, <8 x float> %v770, <8 x float> %v732)
  %v781 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v748, <8 x float> %v777, <8 x float> %v733)
  %v782 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v755, <8 x float> %v770, <8 x float> %v734)
  %v783 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v755, <8 x float> %v777, <8 x float> %v735)
  %v784 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v762, <8 x float> %v770, <8 x float> %v736)
  %v785 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v762, <8 x float> %v777, <8 x float> %v737)
  %v786 = add i64 %v729, 1
  %v787 = icmp slt i64 %v786, %v713
  br i1 %v787, label %loop726, label %done727
done727:
  %v788 = phi <8 x float> [ %v701, %loop698 ], [ %v778, %loop726 ]
  %v789 = phi <8 x float> [ %v702, %loop698 ], [ %v779, %loop726 ]
  %v790 = phi <8 x float> [ %v703, %loop698 ], [ %v780, %loop726 ]
  %v791 = phi <8 x float> [ %v704, %loop698 ], [ %v781, %loop726 ]
  %v792 = phi <8 x float> [ %v705, %loop698 ], [ %v782, %loop726 ]
  %v793 = phi <8 x float> [ %v706, %loop698 ], [ %v783, %loop726 ]
  %v794 = phi <8 x float> [ %v707, %loop698 ], [ %v784, %loop726 ]
  %v795 = phi <8 x float> [ %v708, %loop698 ], [ %v785, %loop726 ]
  br label %while697
done699:
  %v796 = mul i64 %v693, 128
  %v797 = getelementptr i8, ptr %v29, i64 %v796
  store <8 x float> %v701, ptr %v797, align 4
  %v798 = mul i64 %v693, 128
  %v799 = add i64 %v798, 32
  %v800 = getelementptr i8, ptr %v29, i64 %v799
  store <8 x float> %v702, ptr %v800, align 4
  %v801 = mul i64 %v693, 128
  %v802 = add i64 %v30, %v801
  %v803 = getelementptr i8, ptr %v29, i64 %v802
  store <8 x float> %v703, ptr %v803, align 4
  %v804 = mul i64 %v693, 128
  %v805 = add i64 %v30, %v804
  %v806 = add i64 %v805, 32
  %v807 = getelementptr i8, ptr %v29, i64 %v806
  store <8 x float> %v704, ptr %v807, align 4
  %v808 = mul i64 %v30, 2
  %v809 = mul i64 %v693, 128
  %v810 = add i64 %v808, %v809
  %v811 = getelementptr i8, ptr %v29, i64 %v810
  store <8 x float> %v705, ptr %v811, align 4
  %v812 = mul i64 %v30, 2
  %v813 = mul i64 %v693, 128
  %v814 = add i64 %v812, %v813
  %v815 = add i64 %v814, 32
  %v816 = getelementptr i8, ptr %v29, i64 %v815
  store <8 x float> %v706, ptr %v816, align 4
  %v817 = mul i64 %v30, 3
  %v818 = mul i64 %v693, 128
  %v819 = add i64 %v817, %v818
  %v820 = getelementptr i8, ptr %v29, i64 %v819
  store <8 x float> %v707, ptr %v820, align 4
  %v821 = mul i64 %v30, 3
  %v822 = mul i64 %v693, 128
  %v823 = add i64 %v821, %v822
  %v824 = add i64 %v823, 32
  %v825 = getelementptr i8, ptr %v29, i64 %v824
  store <8 x float> %v708, ptr %v825, align 4
  %v826 = mul i64 %v693, %v15
  %v827 = mul i64 %v826, 16
  %v828 = getelementptr i8, ptr %v25, i64 %v827
  br label %while829
while829:
  %v832 = phi i64 [ 0, %done699 ], [ %v845, %done860 ]
  %v833 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v921, %done860 ]
  %v834 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v922, %done860 ]
  %v835 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v923, %done860 ]
  %v836 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v924, %done860 ]
  %v837 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v925, %done860 ]
  %v838 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v926, %done860 ]
  %v839 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v927, %done860 ]
  %v840 = phi <8 x float> [ splat (float 0x0000000000000000), %done699 ], [ %v928, %done860 ]
  %v841 = icmp slt i64 %v832, %v15
  br i1 %v841, label %loop830, label %done831
loop830:
  %v842 = udiv i64 %v832, %v17
  %v843 = add i64 %v842, 1
  %v844 = mul i64 %v843, %v17
  %v845 = call i64 @llvm.smin.i64(i64 %v15, i64 %v844)
  %v846 = mul i64 %v693, %v22
  %v847 = add i64 %v846, %v842
  %v848 = mul i64 %v847, 64
  %v849 = add i64 %v848, 32
  %v850 = getelementptr i8, ptr %v27, i64 %v849
  %v851 = load <8 x i16>, ptr %v850, align 2
  %v852 = bitcast <8 x i16> %v851 to <8 x half>
  %v853 = fpext <8 x half> %v852 to <8 x float>
  %v854 = add i64 %v848, 48
  %v855 = getelementptr i8, ptr %v27, i64 %v854
  %v856 = load <8 x i16>, ptr %v855, align 2
  %v857 = bitcast <8 x i16> %v856 to <8 x half>
  %v858 = fpext <8 x half> %v857 to <8 x float>
  %v861 = icmp slt i64 %v832, %v845
  br i1 %v861, label %loop859, label %done860
loop859:
  %v862 = phi i64 [ %v832, %loop830 ], [ %v919, %loop859 ]
  %v863 = phi <8 x float> [ %v833, %loop830 ], [ %v911, %loop859 ]
  %v864 = phi <8 x float> [ %v834, %loop830 ], [ %v912, %loop859 ]
  %v865 = phi <8 x float> [ %v835, %loop830 ], [ %v913, %loop859 ]
  %v866 = phi <8 x float> [ %v836, %loop830 ], [ %v914, %loop859 ]
  %v867 = phi <8 x float> [ %v837, %loop830 ], [ %v915, %loop859 ]
  %v868 = phi <8 x float> [ %v838, %loop830 ], [ %v916, %loop859 ]
  %v869 = phi <8 x float> [ %v839, %loop830 ], [ %v917, %loop859 ]
  %v870 = phi <8 x float> [ %v840, %loop830 ], [ %v918, %loop859 ]
  %v871 = mul i64 %v862, 4
  %v872 = getelementptr i8, ptr %v23, i64 %v871
  %v873 = load float, ptr %v872, align 4
  %v874 = insertelement <8 x float> poison, float %v873, i32 0
  %v875 = shufflevector <8 x float> %v874, <8 x float> poison, <8 x i32> zeroinitializer
  %v876 = add i64 %v15, %v862
  %v877 = mul i64 %v876, 4
  %v878 = getelementptr i8, ptr %v23, i64 %v877
  %v879 = load float, ptr %v878, align 4
  %v880 = insertelement <8 x float> poison, float %v879, i32 0
  %v881 = shufflevector <8 x float> %v880, <8 x float> poison, <8 x i32> zeroinitializer
  %v882 = mul i64 %v15, 2
  %v883 = add i64 %v882, %v862
  %v884 = mul i64 %v883, 4
  %v885 = getelementptr i8, ptr %v23, i64 %v884
  %v886 = load float, ptr %v885, align 4
  %v887 = insertelement <8 x float> poison, float %v886, i32 0
  %v888 = shufflevector <8 x float> %v887, <8 x float> poison, <8 x i32> zeroinitializer
  %v889 = mul i64 %v15, 3
  %v890 = add i64 %v889, %v862
  %v891 = mul i64 %v890, 4
  %v892 = getelementptr i8, ptr %v23, i64 %v891
  %v893 = load float, ptr %v892, align 4
  %v894 = insertelement <8 x float> poison, float %v893, i32 0
  %v895 = shufflevector <8 x float> %v894, <8 x float> poison, <8 x i32> zeroinitializer
  %v896 = mul i64 %v862, 16
  %v897 = getelementptr i8, ptr %v828, i64 %v896
  %v898 = load <8 x i8>, ptr %v897, align 1
  %v899 = zext <8 x i8> %v898 to <8 x i32>
  %v900 = lshr <8 x i32> %v899, splat (i32 4)
  %v901 = sub <8 x i32> %v900, splat (i32 8)
  %v902 = sitofp <8 x i32> %v901 to <8 x float>
  %v903 = fmul <8 x float> %v902, %v853
  %v904 = getelementptr i8, ptr %v897, i64 8
  %v905 = load <8 x i8>, ptr %v904, align 1
  %v906 = zext <8 x i8> %v905 to <8 x i32>
  %v907 = lshr <8 x i32> %v906, splat (i32 4)
  %v908 = sub <8 x i32> %v907, splat (i32 8)
  %v909 = sitofp <8 x i32> %v908 to <8 x float>
  %v910 = fmul <8 x float> %v909, %v858
  %v911 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v875, <8 x float> %v903, <8 x float> %v863)
  %v912 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v875, <8 x float> %v910, <8 x float> %v864)
  %v913 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v881, <8 x float> %v903, <8 x float> %v865)
  %v914 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v881, <8 x float> %v910, <8 x float> %v866)
  %v915 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v888, <8 x float> %v903, <8 x float> %v867)
  %v916 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v888, <8 x float> %v910, <8 x float> %v868)
  %v917 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v895, <8 x float> %v903, <8 x float> %v869)
  %v918 = call <8 x float> @llvm.fma.v8f32(<8 x float> %v895, <8 x float> %v910, <8 x float> %v870)
  %v919 = add i64 %v862, 1
  %v920 = icmp slt i64 %v919, %v845
  br i1 %v920, label %loop859, label %done860
done860:
  %v921 = phi <8 x float> [ %v833, %loop830 ], [ %v911, %loop859 ]
  %v922 = phi <8 x float> [ %v834, %loop830 ], [ %v912, %loop859 ]
  %v923 = phi <8 x float> [ %v835, %loop830 ], [ %v913, %loop859 ]
  %v924 = phi <8 x float> [ %v836, %loop830 ], [ %v914, %loop859 ]
  %v925 = phi <8 x float> [ %v837, %loop830 ], [ %v915, %loop859 ]
  %v926 = phi <8 x float> [ %v838, %loop830 ], [ %v916, %loop859 ]
  %v927 = phi <8 x float> [ %v839, %loop830 ], [ %v917, %loop859 ]
  %v928 = phi <8 x float> [ %v840, %loop830 ], [ %v918, %loop859 ]
  br label %while829
done831:
  %v929 = mul i64 %v693, 128
  %v930 = add i64 %v929, 64
  %v931 = getelementptr i8, ptr %v29, i64 %v930
  store <8 x float> %v833, ptr %v931, align 4
  %v932 = mul i64 %v693, 128
  %v933 = add i64 %v932, 96
  %v934 = getelementptr i8, ptr %v29, i64 %v933
  store <8 x float> %v834, ptr %v934, align 4
  %v935 = mul i64 %v693, 128
  %v936 = add i64 %v30, %v935
  %v937 = add i64 %v936, 64
  %v938 = getelementptr i8, ptr %v29, i64 %v937
  store <8 x float> %v835, ptr %v938, align 4
  %v939 = mul i64 %v693, 128
  %v940 = add i64 %v30, %v939
  %v941 = add i64 %v940, 96
  %v942 = getelementptr i8, ptr %v29, i64 %v941
  store <8 x float> %v836, ptr %v942, align 4
  %v943 = mul i64 %v30, 2
  %v944 = mul i64 %v693, 128
  %v945 = add i64 %v943, %v944
  %v946 = add i64 %v945, 64
  %v947 = getelementptr i8, ptr %v29, i64 %v946
  store <8 x float> %v837, ptr %v947, align 4
  %v948 = mul i64 %v30, 2
  %v949 = mul i64 %v693, 128
  %v950 = add i64 %v948, %v949
  %v951 = add i64 %v950, 96
  %v952 = getelementptr i8, ptr %v29, i64 %v951
  store <8 x float> %v838, ptr %v952, align 4
  %v953 = mul i64 %v30, 3
  %v954 = mul i64 %v693, 128
  %v955 = add i64 %v953, %v954
  %v956 = add i64 %v955, 64
  %v957 = getelementptr i8, ptr %v29, i64 %v956
  store <8 x float> %v839, ptr %v957, align 4
  %v958 = mul i64 %v30, 3
  %v959 = mul i64 %v693, 128
  %v960 = add i64 %v958, %v959
  %v961 = add i64 %v960, 96
  %v962 = getelementptr i8, ptr %v29, i64 %v961
  store <8 x float> %v840, ptr %v962, align 4
  %v963 = add i64 %v693, 1
  %v964 = icmp slt i64 %v963, %v37
  br i1 %v964, label %loop690, label %done691
done691:
  br label %end43
end43:
  %v965 = add i64 %v34, 1
  %v966 = icmp slt i64 %v965, %end
  br i1 %v966, label %loop31, label %done32
done32:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
