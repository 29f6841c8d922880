declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)
declare <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float>, <16 x float>, <16 x float>, i16, i32)
declare void @llvm.masked.store.v32f32.p0(<32 x float>, ptr, i32, <32 x i1>)
declare void @llvm.masked.store.v64f32.p0(<64 x float>, ptr, i32, <64 x i1>)

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
  %v16 = phi i64 [ %begin, %main ], [ %v221, %done196 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v60, %end46 ]
  %v30 = phi <64 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v59, %end46 ]
  %v31 = sub i64 %v25, %v29
  %v32 = icmp sge i64 %v31, 64
  %v33 = mul i64 %v29, 4
  %v34 = getelementptr i8, ptr %v20, i64 %v33
  br i1 %v32, label %then35, label %else36, !prof !0
then35:
  %v38 = load <64 x float>, ptr %v34, align 1
  br label %end37
else36:
  %v39 = shl i64 -1, %v31
  %v40 = xor i64 %v39, -1
  %v41 = bitcast i64 %v40 to <64 x i1>
  %v42 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v34, i32 1, <64 x i1> %v41, <64 x float> zeroinitializer)
  br label %end37
end37:
  %v43 = phi <64 x float> [ %v38, %then35 ], [ %v42, %else36 ]
  br i1 %v32, label %then44, label %else45, !prof !0
then44:
  %v47 = fcmp ogt <64 x float> %v43, %v30
  %v48 = select <64 x i1> %v47, <64 x float> %v43, <64 x float> %v30
  %v49 = fcmp uno <64 x float> %v43, %v43
  %v50 = select <64 x i1> %v49, <64 x float> %v43, <64 x float> %v48
  br label %end46
else45:
  %v51 = shl i64 -1, %v31
  %v52 = xor i64 %v51, -1
  %v53 = bitcast i64 %v52 to <64 x i1>
  %v54 = select <64 x i1> %v53, <64 x float> %v43, <64 x float> splat (float 0xFFF0000000000000)
  %v55 = fcmp ogt <64 x float> %v54, %v30
  %v56 = select <64 x i1> %v55, <64 x float> %v54, <64 x float> %v30
  %v57 = fcmp uno <64 x float> %v54, %v54
  %v58 = select <64 x i1> %v57, <64 x float> %v54, <64 x float> %v56
  br label %end46
end46:
  %v59 = phi <64 x float> [ %v50, %then44 ], [ %v58, %else45 ]
  %v60 = add i64 %v29, 64
  %v61 = icmp slt i64 %v60, %v25
  br i1 %v61, label %loop26, label %done27
done27:
  %v62 = phi <64 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v59, %end46 ]
  %v63 = shufflevector <64 x float> %v62, <64 x float> poison, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v64 = shufflevector <64 x float> %v62, <64 x float> poison, <32 x i32> <i32 32, i32 33, i32 34, i32 35, i32 36, i32 37, i32 38, i32 39, i32 40, i32 41, i32 42, i32 43, i32 44, i32 45, i32 46, i32 47, i32 48, i32 49, i32 50, i32 51, i32 52, i32 53, i32 54, i32 55, i32 56, i32 57, i32 58, i32 59, i32 60, i32 61, i32 62, i32 63>
  %v65 = fcmp ogt <32 x float> %v64, %v63
  %v66 = select <32 x i1> %v65, <32 x float> %v64, <32 x float> %v63
  %v67 = fcmp uno <32 x float> %v64, %v64
  %v68 = select <32 x i1> %v67, <32 x float> %v64, <32 x float> %v66
  %v69 = shufflevector <32 x float> %v68, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v70 = shufflevector <32 x float> %v68, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v71 = fcmp ogt <16 x float> %v70, %v69
  %v72 = select <16 x i1> %v71, <16 x float> %v70, <16 x float> %v69
  %v73 = fcmp uno <16 x float> %v70, %v70
  %v74 = select <16 x i1> %v73, <16 x float> %v70, <16 x float> %v72
  %v75 = shufflevector <16 x float> %v74, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v76 = shufflevector <16 x float> %v74, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v77 = fcmp ogt <8 x float> %v76, %v75
  %v78 = select <8 x i1> %v77, <8 x float> %v76, <8 x float> %v75
  %v79 = fcmp uno <8 x float> %v76, %v76
  %v80 = select <8 x i1> %v79, <8 x float> %v76, <8 x float> %v78
  %v81 = shufflevector <8 x float> %v80, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v82 = shufflevector <8 x float> %v80, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v83 = fcmp ogt <4 x float> %v82, %v81
  %v84 = select <4 x i1> %v83, <4 x float> %v82, <4 x float> %v81
  %v85 = fcmp uno <4 x float> %v82, %v82
  %v86 = select <4 x i1> %v85, <4 x float> %v82, <4 x float> %v84
  %v87 = shufflevector <4 x float> %v86, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v88 = shufflevector <4 x float> %v86, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v89 = fcmp ogt <2 x float> %v88, %v87
  %v90 = select <2 x i1> %v89, <2 x float> %v88, <2 x float> %v87
  %v91 = fcmp uno <2 x float> %v88, %v88
  %v92 = select <2 x i1> %v91, <2 x float> %v88, <2 x float> %v90
  %v93 = shufflevector <2 x float> %v92, <2 x float> poison, <1 x i32> <i32 0>
  %v94 = shufflevector <2 x float> %v92, <2 x float> poison, <1 x i32> <i32 1>
  %v95 = fcmp ogt <1 x float> %v94, %v93
  %v96 = select <1 x i1> %v95, <1 x float> %v94, <1 x float> %v93
  %v97 = fcmp uno <1 x float> %v94, %v94
  %v98 = select <1 x i1> %v97, <1 x float> %v94, <1 x float> %v96
  %v99 = fadd <1 x float> %v98, splat (float 0x0000000000000000)
  %v100 = shufflevector <1 x float> %v99, <1 x float> poison, <4 x i32> zeroinitializer
  %v101 = shufflevector <4 x float> %v100, <4 x float> poison, <32 x i32> zeroinitializer
  %v104 = icmp slt i64 0, %v25
  br i1 %v104, label %loop102, label %done103
loop102:
  %v105 = phi i64 [ 0, %done27 ], [ %v174, %done114 ]
  %v106 = phi <32 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v173, %done114 ]
  %v107 = sub i64 %v25, %v105
  %v108 = call i64 @llvm.smin.i64(i64 %v107, i64 1024)
  %v109 = mul i64 %v105, 4
  %v110 = getelementptr i8, ptr %v20, i64 %v109
  %v111 = mul i64 %v105, 4
  %v112 = getelementptr i8, ptr %v24, i64 %v111
  %v115 = icmp slt i64 0, %v108
  br i1 %v115, label %loop113, label %done114
loop113:
  %v116 = phi i64 [ 0, %loop102 ], [ %v170, %end161 ]
  %v117 = phi <32 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v169, %end161 ]
  %v118 = add i64 %v105, %v116
  %v119 = sub i64 %v108, %v116
  %v120 = icmp sge i64 %v119, 32
  %v121 = mul i64 %v116, 4
  %v122 = getelementptr i8, ptr %v110, i64 %v121
  %v123 = getelementptr i8, ptr %v112, i64 %v121
  br i1 %v120, label %then124, label %else125, !prof !0
then124:
  %v127 = load <32 x float>, ptr %v122, align 1
  br label %end126
else125:
  %v128 = shl i64 -1, %v119
  %v129 = xor i64 %v128, -1
  %v130 = trunc i64 %v129 to i32
  %v131 = bitcast i32 %v130 to <32 x i1>
  %v132 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v122, i32 1, <32 x i1> %v131, <32 x float> zeroinitializer)
  br label %end126
end126:
  %v133 = phi <32 x float> [ %v127, %then124 ], [ %v132, %else125 ]
  %v134 = fsub <32 x float> %v133, %v101
  %v135 = fcmp ogt <32 x float> %v134, splat (float 0x4056400000000000)
  %v136 = select <32 x i1> %v135, <32 x float> splat (float 0x4056400000000000), <32 x float> %v134
  %v137 = fcmp olt <32 x float> %v136, splat (float 0xC05A400000000000)
  %v138 = select <32 x i1> %v137, <32 x float> splat (float 0x0000000000000000), <32 x float> %v136
  %v139 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v138, <32 x float> splat (float 0x3FF7154760000000), <32 x float> splat (float 0x4168000000000000))
  %v140 = fsub <32 x float> %v139, splat (float 0x4168000000000000)
  %v141 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v140, <32 x float> splat (float 0xBFE6300000000000), <32 x float> %v138)
  %v142 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v140, <32 x float> splat (float 0x3F2BD01060000000), <32 x float> %v141)
  %v143 = bitcast <32 x float> %v139 to <32 x i32>
  %v144 = call <32 x float> @llvm.fma.v32f32(<32 x float> splat (float 0x3F56AC8C00000000), <32 x float> %v142, <32 x float> splat (float 0x3F8123DF60000000))
  %v145 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v144, <32 x float> %v142, <32 x float> splat (float 0x3FA5558580000000))
  %v146 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v145, <32 x float> %v142, <32 x float> splat (float 0x3FC55548C0000000))
  %v147 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v146, <32 x float> %v142, <32 x float> splat (float 0x3FDFFFFFC0000000))
  %v148 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v147, <32 x float> %v142, <32 x float> splat (float 0x3FF0000000000000))
  %v149 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v148, <32 x float> %v142, <32 x float> splat (float 0x3FF0000000000000))
  %v150 = sub <32 x i32> %v143, splat (i32 1262485504)
  %v151 = shufflevector <32 x float> %v149, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v152 = shufflevector <32 x float> %v140, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v153 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v151, <16 x float> %v152, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v154 = shufflevector <32 x float> %v149, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v155 = shufflevector <32 x float> %v140, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v156 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v154, <16 x float> %v155, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v157 = shufflevector <16 x float> %v153, <16 x float> %v156, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v158 = select <32 x i1> %v137, <32 x float> splat (float 0x0000000000000000), <32 x float> %v157
  br i1 %v120, label %then159, label %else160, !prof !0
then159:
  store <32 x float> %v158, ptr %v123, align 1
  %v162 = fadd <32 x float> %v117, %v158
  br label %end161
else160:
  %v163 = shl i64 -1, %v119
  %v164 = xor i64 %v163, -1
  %v165 = trunc i64 %v164 to i32
  %v166 = bitcast i32 %v165 to <32 x i1>
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v158, ptr %v123, i32 1, <32 x i1> %v166)
  %v167 = fadd <32 x float> %v117, %v158
  %v168 = select <32 x i1> %v166, <32 x float> %v167, <32 x float> %v117
  br label %end161
end161:
  %v169 = phi <32 x float> [ %v162, %then159 ], [ %v168, %else160 ]
  %v170 = add i64 %v116, 32
  %v171 = icmp slt i64 %v170, %v108
  br i1 %v171, label %loop113, label %done114
done114:
  %v172 = phi <32 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v169, %end161 ]
  %v173 = fadd <32 x float> %v106, %v172
  %v174 = add i64 %v105, 1024
  %v175 = icmp slt i64 %v174, %v25
  br i1 %v175, label %loop102, label %done103
done103:
  %v176 = phi <32 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v173, %done114 ]
  %v177 = shufflevector <32 x float> %v176, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v178 = shufflevector <32 x float> %v176, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v179 = fadd <16 x float> %v177, %v178
  %v180 = shufflevector <16 x float> %v179, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v181 = shufflevector <16 x float> %v179, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v182 = fadd <8 x float> %v180, %v181
  %v183 = shufflevector <8 x float> %v182, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v184 = shufflevector <8 x float> %v182, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v185 = fadd <4 x float> %v183, %v184
  %v186 = shufflevector <4 x float> %v185, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v187 = shufflevector <4 x float> %v185, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v188 = fadd <2 x float> %v186, %v187
  %v189 = shufflevector <2 x float> %v188, <2 x float> poison, <1 x i32> <i32 0>
  %v190 = shufflevector <2 x float> %v188, <2 x float> poison, <1 x i32> <i32 1>
  %v191 = fadd <1 x float> %v189, %v190
  %v192 = fadd <1 x float> %v191, splat (float 0x0000000000000000)
  %v193 = shufflevector <1 x float> %v192, <1 x float> poison, <4 x i32> zeroinitializer
  %v194 = shufflevector <4 x float> %v193, <4 x float> poison, <64 x i32> zeroinitializer
  %v197 = icmp slt i64 0, %v25
  br i1 %v197, label %loop195, label %done196
loop195:
  %v198 = phi i64 [ 0, %done103 ], [ %v219, %end215 ]
  %v199 = sub i64 %v25, %v198
  %v200 = icmp sge i64 %v199, 64
  %v201 = mul i64 %v198, 4
  %v202 = getelementptr i8, ptr %v24, i64 %v201
  br i1 %v200, label %then203, label %else204, !prof !0
then203:
  %v206 = load <64 x float>, ptr %v202, align 1
  br label %end205
else204:
  %v207 = shl i64 -1, %v199
  %v208 = xor i64 %v207, -1
  %v209 = bitcast i64 %v208 to <64 x i1>
  %v210 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v202, i32 1, <64 x i1> %v209, <64 x float> zeroinitializer)
  br label %end205
end205:
  %v211 = phi <64 x float> [ %v206, %then203 ], [ %v210, %else204 ]
  %v212 = fdiv <64 x float> %v211, %v194
  br i1 %v200, label %then213, label %else214, !prof !0
then213:
  store <64 x float> %v212, ptr %v202, align 1
  br label %end215
else214:
  %v216 = shl i64 -1, %v199
  %v217 = xor i64 %v216, -1
  %v218 = bitcast i64 %v217 to <64 x i1>
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v212, ptr %v202, i32 1, <64 x i1> %v218)
  br label %end215
end215:
  %v219 = add i64 %v198, 64
  %v220 = icmp slt i64 %v219, %v25
  br i1 %v220, label %loop195, label %done196
done196:
  %v221 = add i64 %v16, 1
  %v222 = icmp slt i64 %v221, %end
  br i1 %v222, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
