declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare <16 x float> @llvm.masked.load.v16f32.p0(ptr, i32, <16 x i1>, <16 x float>)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float>, <16 x float>, <16 x float>, i16, i32)
declare void @llvm.masked.store.v16f32.p0(<16 x float>, ptr, i32, <16 x i1>)
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
  %v16 = phi i64 [ %begin, %main ], [ %v225, %done200 ]
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
  %v101 = shufflevector <4 x float> %v100, <4 x float> poison, <16 x i32> zeroinitializer
  %v104 = icmp slt i64 0, %v25
  br i1 %v104, label %loop102, label %done103
loop102:
  %v105 = phi i64 [ 0, %done27 ], [ %v179, %done115 ]
  %v106 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v177, %done115 ]
  %v107 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v178, %done115 ]
  %v108 = sub i64 %v25, %v105
  %v109 = call i64 @llvm.smin.i64(i64 %v108, i64 1024)
  %v110 = mul i64 %v105, 4
  %v111 = getelementptr i8, ptr %v20, i64 %v110
  %v112 = mul i64 %v105, 4
  %v113 = getelementptr i8, ptr %v24, i64 %v112
  %v116 = icmp slt i64 0, %v109
  br i1 %v116, label %loop114, label %done115
loop114:
  %v117 = phi i64 [ 0, %loop102 ], [ %v168, %end158 ]
  %v118 = phi <16 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v166, %end158 ]
  %v119 = phi <16 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v167, %end158 ]
  %v120 = add i64 %v105, %v117
  %v121 = sub i64 %v109, %v117
  %v122 = icmp sge i64 %v121, 16
  %v123 = mul i64 %v117, 4
  %v124 = getelementptr i8, ptr %v111, i64 %v123
  %v125 = getelementptr i8, ptr %v113, i64 %v123
  br i1 %v122, label %then126, label %else127, !prof !0
then126:
  %v129 = load <16 x float>, ptr %v124, align 1
  br label %end128
else127:
  %v130 = shl i64 -1, %v121
  %v131 = xor i64 %v130, -1
  %v132 = trunc i64 %v131 to i16
  %v133 = bitcast i16 %v132 to <16 x i1>
  %v134 = call <16 x float> @llvm.masked.load.v16f32.p0(ptr %v124, i32 1, <16 x i1> %v133, <16 x float> zeroinitializer)
  br label %end128
end128:
  %v135 = phi <16 x float> [ %v129, %then126 ], [ %v134, %else127 ]
  %v136 = fsub <16 x float> %v135, %v101
  %v137 = fcmp ogt <16 x float> %v136, splat (float 0x4056400000000000)
  %v138 = select <16 x i1> %v137, <16 x float> splat (float 0x4056400000000000), <16 x float> %v136
  %v139 = fcmp olt <16 x float> %v138, splat (float 0xC05A400000000000)
  %v140 = select <16 x i1> %v139, <16 x float> splat (float 0x0000000000000000), <16 x float> %v138
  %v141 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v140, <16 x float> splat (float 0x3FF7154760000000), <16 x float> splat (float 0x4168000000000000))
  %v142 = fsub <16 x float> %v141, splat (float 0x4168000000000000)
  %v143 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v142, <16 x float> splat (float 0xBFE6300000000000), <16 x float> %v140)
  %v144 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v142, <16 x float> splat (float 0x3F2BD01060000000), <16 x float> %v143)
  %v145 = call <16 x float> @llvm.fma.v16f32(<16 x float> splat (float 0x3F56D10FC0000000), <16 x float> %v144, <16 x float> splat (float 0x3F8120B620000000))
  %v146 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v145, <16 x float> %v144, <16 x float> splat (float 0x3FA55551A0000000))
  %v147 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v146, <16 x float> %v144, <16 x float> splat (float 0x3FC5554DE0000000))
  %v148 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v147, <16 x float> %v144, <16 x float> splat (float 0x3FE0000000000000))
  %v149 = bitcast <16 x float> %v141 to <16 x i32>
  %v150 = sub <16 x i32> %v149, splat (i32 1262485504)
  %v151 = fmul <16 x float> %v144, %v144
  %v152 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v151, <16 x float> %v148, <16 x float> %v144)
  %v153 = fadd <16 x float> %v152, splat (float 0x3FF0000000000000)
  %v154 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v153, <16 x float> %v142, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v155 = select <16 x i1> %v139, <16 x float> splat (float 0x0000000000000000), <16 x float> %v154
  br i1 %v122, label %then156, label %else157, !prof !0
then156:
  store <16 x float> %v155, ptr %v125, align 1
  %v159 = fadd <16 x float> %v118, %v155
  br label %end158
else157:
  %v160 = shl i64 -1, %v121
  %v161 = xor i64 %v160, -1
  %v162 = trunc i64 %v161 to i16
  %v163 = bitcast i16 %v162 to <16 x i1>
  call void @llvm.masked.store.v16f32.p0(<16 x float> %v155, ptr %v125, i32 1, <16 x i1> %v163)
  %v164 = fadd <16 x float> %v118, %v155
  %v165 = select <16 x i1> %v163, <16 x float> %v164, <16 x float> %v118
  br label %end158
end158:
  %v166 = phi <16 x float> [ %v119, %then156 ], [ %v119, %else157 ]
  %v167 = phi <16 x float> [ %v159, %then156 ], [ %v165, %else157 ]
  %v168 = add i64 %v117, 16
  %v169 = icmp slt i64 %v168, %v109
  br i1 %v169, label %loop114, label %done115
done115:
  %v170 = phi <16 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v166, %end158 ]
  %v171 = phi <16 x float> [ splat (float 0x8000000000000000), %loop102 ], [ %v167, %end158 ]
  %v172 = add i64 %v109, 15
  %v173 = lshr i64 %v172, 4
  %v174 = trunc i64 %v173 to i1
  %v175 = select i1 %v174, <16 x float> %v171, <16 x float> %v170
  %v176 = select i1 %v174, <16 x float> %v170, <16 x float> %v171
  %v177 = fadd <16 x float> %v106, %v175
  %v178 = fadd <16 x float> %v107, %v176
  %v179 = add i64 %v105, 1024
  %v180 = icmp slt i64 %v179, %v25
  br i1 %v180, label %loop102, label %done103
done103:
  %v181 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v177, %done115 ]
  %v182 = phi <16 x float> [ splat (float 0x8000000000000000), %done27 ], [ %v178, %done115 ]
  %v183 = fadd <16 x float> %v181, %v182
  %v184 = shufflevector <16 x float> %v183, <16 x float> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v185 = shufflevector <16 x float> %v183, <16 x float> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v186 = fadd <8 x float> %v184, %v185
  %v187 = shufflevector <8 x float> %v186, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %v188 = shufflevector <8 x float> %v186, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %v189 = fadd <4 x float> %v187, %v188
  %v190 = shufflevector <4 x float> %v189, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %v191 = shufflevector <4 x float> %v189, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %v192 = fadd <2 x float> %v190, %v191
  %v193 = shufflevector <2 x float> %v192, <2 x float> poison, <1 x i32> <i32 0>
  %v194 = shufflevector <2 x float> %v192, <2 x float> poison, <1 x i32> <i32 1>
  %v195 = fadd <1 x float> %v193, %v194
  %v196 = fadd <1 x float> %v195, splat (float 0x0000000000000000)
  %v197 = shufflevector <1 x float> %v196, <1 x float> poison, <4 x i32> zeroinitializer
  %v198 = shufflevector <4 x float> %v197, <4 x float> poison, <64 x i32> zeroinitializer
  %v201 = icmp slt i64 0, %v25
  br i1 %v201, label %loop199, label %done200
loop199:
  %v202 = phi i64 [ 0, %done103 ], [ %v223, %end219 ]
  %v203 = sub i64 %v25, %v202
  %v204 = icmp sge i64 %v203, 64
  %v205 = mul i64 %v202, 4
  %v206 = getelementptr i8, ptr %v24, i64 %v205
  br i1 %v204, label %then207, label %else208, !prof !0
then207:
  %v210 = load <64 x float>, ptr %v206, align 1
  br label %end209
else208:
  %v211 = shl i64 -1, %v203
  %v212 = xor i64 %v211, -1
  %v213 = bitcast i64 %v212 to <64 x i1>
  %v214 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v206, i32 1, <64 x i1> %v213, <64 x float> zeroinitializer)
  br label %end209
end209:
  %v215 = phi <64 x float> [ %v210, %then207 ], [ %v214, %else208 ]
  %v216 = fdiv <64 x float> %v215, %v198
  br i1 %v204, label %then217, label %else218, !prof !0
then217:
  store <64 x float> %v216, ptr %v206, align 1
  br label %end219
else218:
  %v220 = shl i64 -1, %v203
  %v221 = xor i64 %v220, -1
  %v222 = bitcast i64 %v221 to <64 x i1>
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v216, ptr %v206, i32 1, <64 x i1> %v222)
  br label %end219
end219:
  %v223 = add i64 %v202, 64
  %v224 = icmp slt i64 %v223, %v25
  br i1 %v224, label %loop199, label %done200
done200:
  %v225 = add i64 %v16, 1
  %v226 = icmp slt i64 %v225, %end
  br i1 %v226, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
