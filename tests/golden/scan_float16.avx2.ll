

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
  %v16 = load ptr, ptr %v4, align 8
  %v17 = getelementptr i8, ptr %v4, i64 8
  %v18 = load ptr, ptr %v17, align 8
  %v19 = sub i64 16, 1
  %v20 = add i64 %v15, %v19
  %v21 = udiv i64 %v20, 16
  %v22 = icmp slt i64 %v15, 16
  br i1 %v22, label %then23, label %else24
then23:
  %v26 = mul i64 %begin, %v15
  %v27 = mul i64 %end, %v15
  %v28 = sub i64 %v27, %v26
  %v29 = udiv i64 %v28, 4
  %v30 = mul i64 %v29, 4
  %v31 = add i64 %v26, %v30
  %v34 = icmp slt i64 %v26, %v31
  br i1 %v34, label %loop32, label %done33
loop32:
  %v35 = phi i64 [ %v26, %then23 ], [ %v138, %done76 ]
  %v36 = udiv i64 %v35, %v15
  %v37 = mul i64 %v36, %v13
  %v38 = mul i64 %v37, %v15
  %v39 = urem i64 %v35, %v15
  %v40 = add i64 %v38, %v39
  %v41 = add i64 %v35, 1
  %v42 = udiv i64 %v41, %v15
  %v43 = mul i64 %v42, %v13
  %v44 = mul i64 %v43, %v15
  %v45 = urem i64 %v41, %v15
  %v46 = add i64 %v44, %v45
  %v47 = add i64 %v35, 2
  %v48 = udiv i64 %v47, %v15
  %v49 = mul i64 %v48, %v13
  %v50 = mul i64 %v49, %v15
  %v51 = urem i64 %v47, %v15
  %v52 = add i64 %v50, %v51
  %v53 = add i64 %v35, 3
  %v54 = udiv i64 %v53, %v15
  %v55 = mul i64 %v54, %v13
  %v56 = mul i64 %v55, %v15
  %v57 = urem i64 %v53, %v15
  %v58 = add i64 %v56, %v57
  %v59 = mul i64 %v40, 2
  %v60 = getelementptr i8, ptr %v16, i64 %v59
  %v61 = mul i64 %v46, 2
  %v62 = getelementptr i8, ptr %v16, i64 %v61
  %v63 = mul i64 %v52, 2
  %v64 = getelementptr i8, ptr %v16, i64 %v63
  %v65 = mul i64 %v58, 2
  %v66 = getelementptr i8, ptr %v16, i64 %v65
  %v67 = mul i64 %v40, 2
  %v68 = getelementptr i8, ptr %v18, i64 %v67
  %v69 = mul i64 %v46, 2
  %v70 = getelementptr i8, ptr %v18, i64 %v69
  %v71 = mul i64 %v52, 2
  %v72 = getelementptr i8, ptr %v18, i64 %v71
  %v73 = mul i64 %v58, 2
  %v74 = getelementptr i8, ptr %v18, i64 %v73
  %v77 = icmp slt i64 0, %v13
  br i1 %v77, label %loop75, label %done76
loop75:
  %v78 = phi i64 [ 0, %loop32 ], [ %v132, %loop75 ]
  %v79 = phi float [ 0x0000000000000000, %loop32 ], [ %v104, %loop75 ]
  %v80 = phi float [ 0x0000000000000000, %loop32 ], [ %v105, %loop75 ]
  %v81 = phi float [ 0x0000000000000000, %loop32 ], [ %v106, %loop75 ]
  %v82 = phi float [ 0x0000000000000000, %loop32 ], [ %v107, %loop75 ]
  %v83 = mul i64 %v78, %v15
  %v84 = mul i64 %v83, 2
  %v85 = getelementptr i8, ptr %v60, i64 %v84
  %v86 = load i16, ptr %v85, align 2
  %v87 = bitcast i16 %v86 to half
  %v88 = fpext half %v87 to float
  %v89 = mul i64 %v83, 2
  %v90 = getelementptr i8, ptr %v62, i64 %v89
  %v91 = load i16, ptr %v90, align 2
  %v92 = bitcast i16 %v91 to half
  %v93 = fpext half %v92 to float
  %v94 = mul i64 %v83, 2
  %v95 = getelementptr i8, ptr %v64, i64 %v94
  %v96 = load i16, ptr %v95, align 2
  %v97 = bitcast i16 %v96 to half
  %v98 = fpext half %v97 to float
  %v99 = mul i64 %v83, 2
  %v100 = getelementptr i8, ptr %v66, i64 %v99
  %v101 = load i16, ptr %v100, align 2
  %v102 = bitcast i16 %v101 to half
  %v103 = fpext half %v102 to float
  %v104 = fadd float %v79, %v88
  %v105 = fadd float %v80, %v93
  %v106 = fadd float %v81, %v98
  %v107 = fadd float %v82, %v103
  %v108 = mul i64 %v83, 2
  %v109 = getelementptr i8, ptr %v68, i64 %v108
  %v110 = fptrunc float %v104 to half
  %v111 = fpext half %v110 to float
  %v112 = fptrunc float %v111 to half
  %v113 = bitcast half %v112 to i16
  store i16 %v113, ptr %v109, align 2
  %v114 = mul i64 %v83, 2
  %v115 = getelementptr i8, ptr %v70, i64 %v114
  %v116 = fptrunc float %v105 to half
  %v117 = fpext half %v116 to float
  %v118 = fptrunc float %v117 to half
  %v119 = bitcast half %v118 to i16
  store i16 %v119, ptr %v115, align 2
  %v120 = mul i64 %v83, 2
  %v121 = getelementptr i8, ptr %v72, i64 %v120
  %v122 = fptrunc float %v106 to half
  %v123 = fpext half %v122 to float
  %v124 = fptrunc float %v123 to half
  %v125 = bitcast half %v124 to i16
  store i16 %v125, ptr %v121, align 2
  %v126 = mul i64 %v83, 2
  %v127 = getelementptr i8, ptr %v74, i64 %v126
  %v128 = fptrunc float %v107 to half
  %v129 = fpext half %v128 to float
  %v130 = fptrunc float %v129 to half
  %v131 = bitcast half %v130 to i16
  store i16 %v131, ptr %v127, align 2
  %v132 = add i64 %v78, 1
  %v133 = icmp slt i64 %v132, %v13
  br i1 %v133, label %loop75, label %done76
done76:
  %v134 = phi float [ 0x0000000000000000, %loop32 ], [ %v104, %loop75 ]
  %v135 = phi float [ 0x0000000000000000, %loop32 ], [ %v105, %loop75 ]
  %v136 = phi float [ 0x0000000000000000, %loop32 ], [ %v106, %loop75 ]
  %v137 = phi float [ 0x0000000000000000, %loop32 ], [ %v107, %loop75 ]
  %v138 = add i64 %v35, 4
  %v139 = icmp slt i64 %v138, %v31
  br i1 %v139, label %loop32, label %done33
done33:
  %v142 = icmp slt i64 %v31, %v27
  br i1 %v142, label %loop140, label %done141
loop140:
  %v143 = phi i64 [ %v31, %done33 ], [ %v174, %done154 ]
  %v144 = udiv i64 %v143, %v15
  %v145 = mul i64 %v144, %v13
  %v146 = mul i64 %v145, %v15
  %v147 = urem i64 %v143, %v15
  %v148 = add i64 %v146, %v147
  %v149 = mul i64 %v148, 2
  %v150 = getelementptr i8, ptr %v16, i64 %v149
  %v151 = mul i64 %v148, 2
  %v152 = getelementptr i8, ptr %v18, i64 %v151
  %v155 = icmp slt i64 0, %v13
  br i1 %v155, label %loop153, label %done154
loop153:
  %v156 = phi i64 [ 0, %loop140 ], [ %v171, %loop153 ]
  %v157 = phi float [ 0x0000000000000000, %loop140 ], [ %v164, %loop153 ]
  %v158 = mul i64 %v156, %v15
  %v159 = mul i64 %v158, 2
  %v160 = getelementptr i8, ptr %v150, i64 %v159
  %v161 = load i16, ptr %v160, align 2
  %v162 = bitcast i16 %v161 to half
  %v163 = fpext half %v162 to float
  %v164 = fadd float %v157, %v163
  %v165 = mul i64 %v158, 2
  %v166 = getelementptr i8, ptr %v152, i64 %v165
  %v167 = fptrunc float %v164 to half
  %v168 = fpext half %v167 to float
  %v169 = fptrunc float %v168 to half
  %v170 = bitcast half %v169 to i16
  store i16 %v170, ptr %v166, align 2
  %v171 = add i64 %v156, 1
  %v172 = icmp slt i64 %v171, %v13
  br i1 %v172, label %loop153, label %done154
done154:
  %v173 = phi float [ 0x0000000000000000, %loop140 ], [ %v164, %loop153 ]
  %v174 = add i64 %v143, 1
  %v175 = icmp slt i64 %v174, %v27
  br i1 %v175, label %loop140, label %done141
done141:
  br label %end25
else24:
  %v178 = icmp slt i64 %begin, %end
  br i1 %v178, label %loop176, label %done177
loop176:
  %v179 = phi i64 [ %begin, %else24 ], [ %v343, %end190 ]
  %v180 = udiv i64 %v179, %v21
  %v181 = urem i64 %v179, %v21
  %v182 = mul i64 %v181, 16
  %v183 = mul i64 %v180, %v13
  %v184 = mul i64 %v183, %v15
  %v185 = add i64 %v184, %v182
  %v186 = sub i64 %v15, %v182
  %v187 = icmp sge i64 %v186, 16
  br i1 %v187, label %then188, label %else189
then188:
  %v191 = mul i64 %v185, 2
  %v192 = getelementptr i8, ptr %v16, i64 %v191
  %v193 = mul i64 %v185, 2
  %v194 = getelementptr i8, ptr %v18, i64 %v193
  %v197 = icmp slt i64 0, %v13
  br i1 %v197, label %loop195, label %done196
loop195:
  %v198 = phi i64 [ 0, %then188 ], [ %v213, %loop195 ]
  %v199 = phi <16 x float> [ splat (float 0x0000000000000000), %then188 ], [ %v206, %loop195 ]
  %v200 = mul i64 %v198, %v15
  %v201 = mul i64 %v200, 2
  %v202 = getelementptr i8, ptr %v192, i64 %v201
  %v203 = load <16 x i16>, ptr %v202, align 2
  %v204 = bitcast <16 x i16> %v203 to <16 x half>
  %v205 = fpext <16 x half> %v204 to <16 x float>
  %v206 = fadd <16 x float> %v199, %v205
  %v207 = mul i64 %v200, 2
  %v208 = getelementptr i8, ptr %v194, i64 %v207
  %v209 = fptrunc <16 x float> %v206 to <16 x half>
  %v210 = fpext <16 x half> %v209 to <16 x float>
  %v211 = fptrunc <16 x float> %v210 to <16 x half>
  %v212 = bitcast <16 x half> %v211 to <16 x i16>
  store <16 x i16> %v212, ptr %v208, align 2
  %v213 = add i64 %v198, 1
  %v214 = icmp slt i64 %v213, %v13
  br i1 %v214, label %loop195, label %done196
done196:
  %v215 = phi <16 x float> [ splat (float 0x0000000000000000), %then188 ], [ %v206, %loop195 ]
  br label %end190
else189:
  %v216 = sub i64 %v15, %v182
  %v217 = udiv i64 %v216, 4
  %v218 = mul i64 %v217, 4
  %v221 = icmp slt i64 0, %v218
  br i1 %v221, label %loop219, label %done220
loop219:
  %v222 = phi i64 [ 0, %else189 ], [ %v309, %done247 ]
  %v223 = add i64 %v185, %v222
  %v224 = add i64 %v222, 1
  %v225 = add i64 %v185, %v224
  %v226 = add i64 %v222, 2
  %v227 = add i64 %v185, %v226
  %v228 = add i64 %v222, 3
  %v229 = add i64 %v185, %v228
  %v230 = mul i64 %v223, 2
  %v231 = getelementptr i8, ptr %v16, i64 %v230
  %v232 = mul i64 %v225, 2
  %v233 = getelementptr i8, ptr %v16, i64 %v232
  %v234 = mul i64 %v227, 2
  %v235 = getelementptr i8, ptr %v16, i64 %v234
  %v236 = mul i64 %v229, 2
  %v237 = getelementptr i8, ptr %v16, i64 %v236
  %v238 = mul i64 %v223, 2
  %v239 = getelementptr i8, ptr %v18, i64 %v238
  %v240 = mul i64 %v225, 2
  %v241 = getelementptr i8, ptr %v18, i64 %v240
  %v242 = mul i64 %v227, 2
  %v243 = getelementptr i8, ptr %v18, i64 %v242
  %v244 = mul i64 %v229, 2
  %v245 = getelementptr i8, ptr %v18, i64 %v244
  %v248 = icmp slt i64 0, %v13
  br i1 %v248, label %loop246, label %done247
loop246:
  %v249 = phi i64 [ 0, %loop219 ], [ %v303, %loop246 ]
  %v250 = phi float [ 0x0000000000000000, %loop219 ], [ %v275, %loop246 ]
  %v251 = phi float [ 0x0000000000000000, %loop219 ], [ %v276, %loop246 ]
  %v252 = phi float [ 0x0000000000000000, %loop219 ], [ %v277, %loop246 ]
  %v253 = phi float [ 0x0000000000000000, %loop219 ], [ %v278, %loop246 ]
  %v254 = mul i64 %v249, %v15
  %v255 = mul i64 %v254, 2
  %v256 = getelementptr i8, ptr %v231, i64 %v255
  %v257 = load i16, ptr %v256, align 2
  %v258 = bitcast i16 %v257 to half
  %v259 = fpext half %v258 to float
  %v260 = mul i64 %v254, 2
  %v261 = getelementptr i8, ptr %v233, i64 %v260
  %v262 = load i16, ptr %v261, align 2
  %v263 = bitcast i16 %v262 to half
  %v264 = fpext half %v263 to float
  %v265 = mul i64 %v254, 2
  %v266 = getelementptr i8, ptr %v235, i64 %v265
  %v267 = load i16, ptr %v266, align 2
  %v268 = bitcast i16 %v267 to half
  %v269 = fpext half %v268 to float
  %v270 = mul i64 %v254, 2
  %v271 = getelementptr i8, ptr %v237, i64 %v270
  %v272 = load i16, ptr %v271, align 2
  %v273 = bitcast i16 %v272 to half
  %v274 = fpext half %v273 to float
  %v275 = fadd float %v250, %v259
  %v276 = fadd float %v251, %v264
  %v277 = fadd float %v252, %v269
  %v278 = fadd float %v253, %v274
  %v279 = mul i64 %v254, 2
  %v280 = getelementptr i8, ptr %v239, i64 %v279
  %v281 = fptrunc float %v275 to half
  %v282 = fpext half %v281 to float
  %v283 = fptrunc float %v282 to half
  %v284 = bitcast half %v283 to i16
  store i16 %v284, ptr %v280, align 2
  %v285 = mul i64 %v254, 2
  %v286 = getelementptr i8, ptr %v241, i64 %v285
  %v287 = fptrunc float %v276 to half
  %v288 = fpext half %v287 to float
  %v289 = fptrunc float %v288 to half
  %v290 = bitcast half %v289 to i16
  store i16 %v290, ptr %v286, align 2
  %v291 = mul i64 %v254, 2
  %v292 = getelementptr i8, ptr %v243, i64 %v291
  %v293 = fptrunc float %v277 to half
  %v294 = fpext half %v293 to float
  %v295 = fptrunc float %v294 to half
  %v296 = bitcast half %v295 to i16
  store i16 %v296, ptr %v292, align 2
  %v297 = mul i64 %v254, 2
  %v298 = getelementptr i8, ptr %v245, i64 %v297
  %v299 = fptrunc float %v278 to half
  %v300 = fpext half %v299 to float
  %v301 = fptrunc float %v300 to half
  %v302 = bitcast half %v301 to i16
  store i16 %v302, ptr %v298, align 2
  %v303 = add i64 %v249, 1
  %v304 = icmp slt i64 %v303, %v13
  br i1 %v304, label %loop246, label %done247
done247:
  %v305 = phi float [ 0x0000000000000000, %loop219 ], [ %v275, %loop246 ]
  %v306 = phi float [ 0x0000000000000000, %loop219 ], [ %v276, %loop246 ]
  %v307 = phi float [ 0x0000000000000000, %loop219 ], [ %v277, %loop246 ]
  %v308 = phi float [ 0x0000000000000000, %loop219 ], [ %v278, %loop246 ]
  %v309 = add i64 %v222, 4
  %v310 = icmp slt i64 %v309, %v218
  br i1 %v310, label %loop219, label %done220
done220:
  %v313 = icmp slt i64 %v218, %v216
  br i1 %v313, label %loop311, label %done312
loop311:
  %v314 = phi i64 [ %v218, %done220 ], [ %v341, %done321 ]
  %v315 = add i64 %v185, %v314
  %v316 = mul i64 %v315, 2
  %v317 = getelementptr i8, ptr %v16, i64 %v316
  %v318 = mul i64 %v315, 2
  %v319 = getelementptr i8, ptr %v18, i64 %v318
  %v322 = icmp slt i64 0, %v13
  br i1 %v322, label %loop320, label %done321
loop320:
  %v323 = phi i64 [ 0, %loop311 ], [ %v338, %loop320 ]
  %v324 = phi float [ 0x0000000000000000, %loop311 ], [ %v331, %loop320 ]
  %v325 = mul i64 %v323, %v15
  %v326 = mul i64 %v325, 2
  %v327 = getelementptr i8, ptr %v317, i64 %v326
  %v328 = load i16, ptr %v327, align 2
  %v329 = bitcast i16 %v328 to half
  %v330 = fpext half %v329 to float
  %v331 = fadd float %v324, %v330
  %v332 = mul i64 %v325, 2
  %v333 = getelementptr i8, ptr %v319, i64 %v332
  %v334 = fptrunc float %v331 to half
  %v335 = fpext half %v334 to float
  %v336 = fptrunc float %v335 to half
  %v337 = bitcast half %v336 to i16
  store i16 %v337, ptr %v333, align 2
  %v338 = add i64 %v323, 1
  %v339 = icmp slt i64 %v338, %v13
  br i1 %v339, label %loop320, label %done321
done321:
  %v340 = phi float [ 0x0000000000000000, %loop311 ], [ %v331, %loop320 ]
  %v341 = add i64 %v314, 1
  %v342 = icmp slt i64 %v341, %v216
  br i1 %v342, label %loop311, label %done312
done312:
  br label %end190
end190:
  %v343 = add i64 %v179, 1
  %v344 = icmp slt i64 %v343, %end
  br i1 %v344, label %loop176, label %done177
done177:
  br label %end25
end25:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
