declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)
declare <16 x float> @llvm.fabs.v16f32(<16 x float>)
declare i1 @llvm.vector.reduce.or.v16i1(<16 x i1>)
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
  %v16 = phi i64 [ %begin, %main ], [ %v253, %done226 ]
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
  %v101 = phi i64 [ 0, %done27 ], [ %v205, %done111 ]
  %v102 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v203, %done111 ]
  %v103 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v204, %done111 ]
  %v104 = sub i64 %v25, %v101
  %v105 = call i64 @llvm.smin.i64(i64 %v104, i64 1024)
  %v106 = mul i64 %v101, 4
  %v107 = getelementptr i8, ptr %v20, i64 %v106
  %v108 = mul i64 %v101, 4
  %v109 = getelementptr i8, ptr %v24, i64 %v108
  %v112 = icmp slt i64 0, %v105
  br i1 %v112, label %loop110, label %done111
loop110:
  %v113 = phi i64 [ 0, %loop98 ], [ %v194, %end184 ]
  %v114 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v192, %end184 ]
  %v115 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v193, %end184 ]
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
  %v133 = call <16 x float> @llvm.fabs.v16f32(<16 x float> %v132)
  %v134 = fcmp uge <16 x float> %v133, splat (float 0x4055C00000000000)
  %v135 = call i1 @llvm.vector.reduce.or.v16i1(<16 x i1> %v134)
  br i1 %v135, label %then136, label %else137, !prof !1
then136:
  %v139 = fcmp ogt <16 x float> %v132, splat (float 0x4056400000000000)
  %v140 = select <16 x i1> %v139, <16 x float> splat (float 0x4056400000000000), <16 x float> %v132
  %v141 = fcmp olt <16 x float> %v140, splat (float 0xC05A400000000000)
  %v142 = select <16 x i1> %v141, <16 x float> splat (float 0x0000000000000000), <16 x float> %v140
  %v143 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v142, <16 x float> splat (float 0x3FF7154760000000), <16 x float> splat (float 0x4168000000000000))
  %v144 = fsub <16 x float> %v143, splat (float 0x4168000000000000)
  %v145 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v144, <16 x float> splat (float 0xBFE6300000000000), <16 x float> %v142)
  %v146 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v144, <16 x float> splat (float 0x3F2BD01060000000), <16 x float> %v145)
  %v147 = bitcast <16 x float> %v143 to <16 x i32>
  %v148 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F56AC8C00000000), <16 x float> %v146, <16 x float> splat (float 0x3F8123DF60000000))
  %v149 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v148, <16 x float> %v146, <16 x float> splat (float 0x3FA5558580000000))
  %v150 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v149, <16 x float> %v146, <16 x float> splat (float 0x3FC55548C0000000))
  %v151 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v150, <16 x float> %v146, <16 x float> splat (float 0x3FDFFFFFC0000000))
  %v152 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v151, <16 x float> %v146, <16 x float> splat (float 0x3FF0000000000000))
  %v153 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v152, <16 x float> %v146, <16 x float> splat (float 0x3FF0000000000000))
  %v154 = sub <16 x i32> %v147, splat (i32 1262485504)
  %v155 = ashr <16 x i32> %v154, splat (i32 1)
  %v156 = sub <16 x i32> %v154, %v155
  %v157 = add <16 x i32> %v155, splat (i32 127)
  %v158 = shl <16 x i32> %v157, splat (i32 23)
  %v159 = bitcast <16 x i32> %v158 to <16 x float>
  %v160 = fmul <16 x float> %v153, %v159
  %v161 = add <16 x i32> %v156, splat (i32 127)
  %v162 = shl <16 x i32> %v161, splat (i32 23)
  %v163 = bitcast <16 x i32> %v162 to <16 x float>
  %v164 = fmul <16 x float> %v160, %v163
  %v165 = select <16 x i1> %v141, <16 x float> splat (float 0x0000000000000000), <16 x float> %v164
  br label %end138
else137:
  %v166 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v132, <16 x float> splat (float 0x3FF7154760000000), <16 x float> splat (float 0x4168000000000000))
  %v167 = fsub <16 x float> %v166, splat (float 0x4168000000000000)
  %v168 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v167, <16 x float> splat (float 0xBFE6300000000000), <16 x float> %v132)
  %v169 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v167, <16 x float> splat (float 0x3F2BD01060000000), <16 x float> %v168)
  %v170 = bitcast <16 x float> %v166 to <16 x i32>
  %v171 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F56AC8C00000000), <16 x float> %v169, <16 x float> splat (float 0x3F8123DF60000000))
  %v172 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v171, <16 x float> %v169, <16 x float> splat (float 0x3FA5558580000000))
  %v173 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v172, <16 x float> %v169, <16 x float> splat (float 0x3FC55548C0000000))
  %v174 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v173, <16 x float> %v169, <16 x float> splat (float 0x3FDFFFFFC0000000))
  %v175 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v174, <16 x float> %v169, <16 x float> splat (float 0x3FF0000000000000))
  %v176 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v175, <16 x float> %v169, <16 x float> splat (float 0x3FF0000000000000))
  %v177 = bitcast <16 x float> %v176 to <16 x i32>
  %v178 = shl <16 x i32> %v170, splat (i32 23)
  %v179 = add <16 x i32> %v177, %v178
  %v180 = bitcast <16 x i32> %v179 to <16 x float>
  br label %end138
end138:
  %v181 = phi <16 x float> [ %v165, %then136 ], [ %v180, %else137 ]
  br i1 %v118, label %then182, label %else183, !prof !0
then182:
  store <16 x float> %v181, ptr %v121, align 1
  %v185 = fadd <16 x float> %v114, %v181
  br label %end184
else183:
  %v186 = trunc i64 %v117 to i32
  %v187 = insertelement <16 x i32> poison, i32 %v186, i32 0
  %v188 = shufflevector <16 x i32> %v187, <16 x i32> poison, <16 x i32> zeroinitializer
  %v189 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v188
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v181, ptr %v121, i32 1, <16 x i1> %v189)
  %v190 = fadd <16 x float> %v114, %v181
  %v191 = select <16 x i1> %v189, <16 x float> %v190, <16 x float> %v114
  br label %end184
end184:
  %v192 = phi <16 x float> [ %v115, %then182 ], [ %v115, %else183 ]
  %v193 = phi <16 x float> [ %v185, %then182 ], [ %v191, %else183 ]
  %v194 = add i64 %v113, 16
  %v195 = icmp slt i64 %v194, %v105
  br i1 %v195, label %loop110, label %done111
done111:
  %v196 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v192, %end184 ]
  %v197 = phi <16 x float> [ splat (float 0x8000000000000000), %loop98 ], [ %v193, %end184 ]
  %v198 = add i64 %v105, 15
  %v199 = lshr i64 %v198, 4
  %v200 = trunc i64 %v199 to i1
  %v201 = select i1 %v200, <16 x float> %v197, <16 x float> %v196
  %v202 = select i1 %v200, <16 x float> %v196, <16 x float> %v197
  %v203 = fadd <16 x float> %v102, %v201
  %v204 = fadd <16 x float> %v103, %v202
  %v205 = add i64 %v101, 1024
  %v206 = icmp slt i64 %v205, %v25
  br i1 %v206, label %loop98, label %done99
done99:
  %v207 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v203, %done111 ]
  %v208 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v204, %done111 ]
  %v209 = fadd <16 x float> %v207, %v208
  %v210 = shufflevector <16 x float> %v209, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v211 = shufflevector <16 x float> %v209, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v212 = fadd <8 x float> %v210, %v211
  %v213 = shufflevector <8 x float> %v212, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v214 = shufflevector <8 x float> %v212, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v215 = fadd <4 x float> %v213, %v214
  %v216 = shufflevector <4 x float> %v215, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v217 = shufflevector <4 x float> %v215, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v218 = fadd <2 x float> %v216, %v217
  %v219 = shufflevector <2 x float> %v218, <2 x float> poison, <1 x i32> <i32 0>
  %v220 = shufflevector <2 x float> %v218, <2 x float> poison, <1 x i32> <i32 1>
  %v221 = fadd <1 x float> %v219, %v220
  %v222 = fadd <1 x float> %v221, splat (float 0x0000000000000000)
  %v223 = shufflevector <1 x float> %v222, <1 x float> poison, <4 x i32> zeroinitializer
  %v224 = shufflevector <4 x float> %v223, <4 x float> poison, <32 x i32> zeroinitializer
  %v227 = icmp slt i64 0, %v25
  br i1 %v227, label %loop225, label %done226
loop225:
  %v228 = phi i64 [ 0, %done99 ], [ %v251, %end246 ]
  %v229 = sub i64 %v25, %v228
  %v230 = icmp sge i64 %v229, 32
  %v231 = mul i64 %v228, 4
  %v232 = getelementptr i8, ptr %v24, i64 %v231
  br i1 %v230, label %then233, label %else234, !prof !0
then233:
  %v236 = load <32 x float>, ptr %v232, align 1
  br label %end235
else234:
  %v237 = trunc i64 %v229 to i32
  %v238 = insertelement <32 x i32> poison, i32 %v237, i32 0
  %v239 = shufflevector <32 x i32> %v238, <32 x i32> poison, <32 x i32> zeroinitializer
  %v240 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v239
  %v241 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v232, i32 1, <32 x i1> %v240, <32 x float> zeroinitializer)
  br label %end235
end235:
  %v242 = phi <32 x float> [ %v236, %then233 ], [ %v241, %else234 ]
  %v243 = fdiv <32 x float> %v242, %v224
  br i1 %v230, label %then244, label %else245, !prof !0
then244:
  store <32 x float> %v243, ptr %v232, align 1
  br label %end246
else245:
  %v247 = trunc i64 %v229 to i32
  %v248 = insertelement <32 x i32> poison, i32 %v247, i32 0
  %v249 = shufflevector <32 x i32> %v248, <32 x i32> poison, <32 x i32> zeroinitializer
  %v250 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v249
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v243, ptr %v232, i32 1, <32 x i1> %v250)
  br label %end246
end246:
  %v251 = add i64 %v228, 32
  %v252 = icmp slt i64 %v251, %v25
  br i1 %v252, label %loop225, label %done226
done226:
  %v253 = add i64 %v16, 1
  %v254 = icmp slt i64 %v253, %end
  br i1 %v254, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
