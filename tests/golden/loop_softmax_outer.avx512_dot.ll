declare <64 x float> @llvm.masked.load.v64f32.p0(ptr, i32, <64 x i1>, <64 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare <64 x float> @llvm.fma.v64f32(<64 x float>, <64 x float>, <64 x float>)
declare <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float>, <16 x float>, <16 x float>, i16, i32)
declare void @llvm.masked.store.v64f32.p0(<64 x float>, ptr, i32, <64 x i1>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer51 = alloca [8192 x i8], align 64
  %buffer52 = alloca [8192 x i8], align 64
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
  %v24 = load i64, ptr %v3, align 8
  %v30 = getelementptr i8, ptr %v3, i64 32
  %v31 = load i64, ptr %v30, align 8
  %v53 = call i64 @llvm.smin.i64(i64 %v24, i64 32)
  %v54 = call i64 @llvm.smax.i64(i64 %v53, i64 1)
  %v55 = sub i64 %v54, 1
  %v56 = call i64 @llvm.ctlz.i64(i64 %v55, i1 false)
  %v57 = sub i64 64, %v56
  %v58 = shl i64 1, %v57
  %v76 = getelementptr i8, ptr %v3, i64 56
  %v77 = load i64, ptr %v76, align 8
  br label %main
main:
  %v15 = icmp slt i64 %begin, %end
  br i1 %v15, label %loop13, label %done14
loop13:
  %v16 = phi i64 [ %begin, %main ], [ %v222, %done199 ]
  %v17 = sub i64 %end, %v16
  %v18 = icmp sge i64 %v17, 64
  %v19 = select i1 %v18, i64 64, i64 %v17
  %v20 = mul i64 %v16, 4
  %v21 = getelementptr i8, ptr %v10, i64 %v20
  %v22 = mul i64 %v16, 4
  %v23 = getelementptr i8, ptr %v12, i64 %v22
  %v27 = icmp slt i64 0, %v24
  br i1 %v27, label %loop25, label %done26
loop25:
  %v28 = phi i64 [ 0, %loop13 ], [ %v47, %end36 ]
  %v29 = phi <64 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v46, %end36 ]
  %v32 = mul i64 %v28, %v31
  %v33 = getelementptr i8, ptr %v21, i64 %v32
  br i1 %v18, label %then34, label %else35, !prof !0
then34:
  %v37 = load <64 x float>, ptr %v33, align 1
  br label %end36
else35:
  %v38 = shl i64 -1, %v17
  %v39 = xor i64 %v38, -1
  %v40 = bitcast i64 %v39 to <64 x i1>
  %v41 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v33, i32 1, <64 x i1> %v40, <64 x float> zeroinitializer)
  br label %end36
end36:
  %v42 = phi <64 x float> [ %v37, %then34 ], [ %v41, %else35 ]
  %v43 = fcmp ogt <64 x float> %v42, %v29
  %v44 = select <64 x i1> %v43, <64 x float> %v42, <64 x float> %v29
  %v45 = fcmp uno <64 x float> %v42, %v42
  %v46 = select <64 x i1> %v45, <64 x float> %v42, <64 x float> %v44
  %v47 = add i64 %v28, 1
  %v48 = icmp slt i64 %v47, %v24
  br i1 %v48, label %loop25, label %done26
done26:
  %v49 = phi <64 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v46, %end36 ]
  %v50 = fadd <64 x float> %v49, splat (float 0x0000000000000000)
  %v61 = icmp slt i64 0, %v58
  br i1 %v61, label %loop59, label %done60
loop59:
  %v62 = phi i64 [ 0, %done26 ], [ %v65, %loop59 ]
  %v63 = mul i64 %v62, 256
  %v64 = getelementptr i8, ptr %buffer51, i64 %v63
  store <64 x float> splat (float 0x8000000000000000), ptr %v64, align 4
  %v65 = add i64 %v62, 1
  %v66 = icmp slt i64 %v65, %v58
  br i1 %v66, label %loop59, label %done60
done60:
  %v69 = icmp slt i64 0, %v24
  br i1 %v69, label %loop67, label %done68
loop67:
  %v70 = phi i64 [ 0, %done60 ], [ %v172, %end158 ]
  %v71 = icmp ne i64 %v70, 0
  %v72 = sub i64 %v24, %v70
  %v73 = call i64 @llvm.smin.i64(i64 %v72, i64 1024)
  %v74 = mul i64 %v70, %v31
  %v75 = getelementptr i8, ptr %v21, i64 %v74
  %v78 = mul i64 %v70, %v77
  %v79 = getelementptr i8, ptr %v23, i64 %v78
  br i1 %v71, label %then80, label %else81
then80:
  %v85 = icmp slt i64 0, %v58
  br i1 %v85, label %loop83, label %done84
loop83:
  %v86 = phi i64 [ 0, %then80 ], [ %v89, %loop83 ]
  %v87 = mul i64 %v86, 256
  %v88 = getelementptr i8, ptr %buffer52, i64 %v87
  store <64 x float> splat (float 0x8000000000000000), ptr %v88, align 4
  %v89 = add i64 %v86, 1
  %v90 = icmp slt i64 %v89, %v58
  br i1 %v90, label %loop83, label %done84
done84:
  br label %end82
else81:
  br label %end82
end82:
  %v91 = select i1 %v71, ptr %buffer52, ptr %buffer51
  %v94 = icmp slt i64 0, %v73
  br i1 %v94, label %loop92, label %done93
loop92:
  %v95 = phi i64 [ 0, %end82 ], [ %v154, %end148 ]
  %v96 = add i64 %v70, %v95
  %v97 = mul i64 %v95, %v31
  %v98 = getelementptr i8, ptr %v75, i64 %v97
  %v99 = mul i64 %v95, %v77
  %v100 = getelementptr i8, ptr %v79, i64 %v99
  %v101 = and i64 %v95, 31
  %v102 = mul i64 %v101, 256
  %v103 = getelementptr i8, ptr %v91, i64 %v102
  br i1 %v18, label %then104, label %else105, !prof !0
then104:
  %v107 = load <64 x float>, ptr %v98, align 1
  br label %end106
else105:
  %v108 = shl i64 -1, %v17
  %v109 = xor i64 %v108, -1
  %v110 = bitcast i64 %v109 to <64 x i1>
  %v111 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v98, i32 1, <64 x i1> %v110, <64 x float> zeroinitializer)
  br label %end106
end106:
  %v112 = phi <64 x float> [ %v107, %then104 ], [ %v111, %else105 ]
  %v113 = fsub <64 x float> %v112, %v50
  %v114 = fcmp ogt <64 x float> %v113, splat (float 0x4056400000000000)
  %v115 = select <64 x i1> %v114, <64 x float> splat (float 0x4056400000000000), <64 x float> %v113
  %v116 = fcmp olt <64 x float> %v115, splat (float 0xC05A400000000000)
  %v117 = select <64 x i1> %v116, <64 x float> splat (float 0x0000000000000000), <64 x float> %v115
  %v118 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v117, <64 x float> splat (float 0x3FF7154760000000), <64 x float> splat (float 0x4168000000000000))
  %v119 = fsub <64 x float> %v118, splat (float 0x4168000000000000)
  %v120 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v119, <64 x float> splat (float 0xBFE6300000000000), <64 x float> %v117)
  %v121 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v119, <64 x float> splat (float 0x3F2BD01060000000), <64 x float> %v120)
  %v122 = bitcast <64 x float> %v118 to <64 x i32>
  %v123 = call <64 x float> @llvm.fma.v64f32(<64 x float> splat (float 0x3F56AC8C00000000), <64 x float> %v121, <64 x float> splat (float 0x3F8123DF60000000))
  %v124 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v123, <64 x float> %v121, <64 x float> splat (float 0x3FA5558580000000))
  %v125 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v124, <64 x float> %v121, <64 x float> splat (float 0x3FC55548C0000000))
  %v126 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v125, <64 x float> %v121, <64 x float> splat (float 0x3FDFFFFFC0000000))
  %v127 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v126, <64 x float> %v121, <64 x float> splat (float 0x3FF0000000000000))
  %v128 = call <64 x float> @llvm.fma.v64f32(<64 x float> %v127, <64 x float> %v121, <64 x float> splat (float 0x3FF0000000000000))
  %v129 = sub <64 x i32> %v122, splat (i32 1262485504)
  %v130 = shufflevector <64 x float> %v128, <64 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v131 = shufflevector <64 x float> %v119, <64 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v132 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v130, <16 x float> %v131, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v133 = shufflevector <64 x float> %v128, <64 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v134 = shufflevector <64 x float> %v119, <64 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v135 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v133, <16 x float> %v134, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v136 = shufflevector <64 x float> %v128, <64 x float> poison, <16 x i32> <i32 32, i32 33, i32 34, i32 35, i32 36, i32 37, i32 38, i32 39, i32 40, i32 41, i32 42, i32 43, i32 44, i32 45, i32 46, i32 47>
  %v137 = shufflevector <64 x float> %v119, <64 x float> poison, <16 x i32> <i32 32, i32 33, i32 34, i32 35, i32 36, i32 37, i32 38, i32 39, i32 40, i32 41, i32 42, i32 43, i32 44, i32 45, i32 46, i32 47>
  %v138 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v136, <16 x float> %v137, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v139 = shufflevector <64 x float> %v128, <64 x float> poison, <16 x i32> <i32 48, i32 49, i32 50, i32 51, i32 52, i32 53, i32 54, i32 55, i32 56, i32 57, i32 58, i32 59, i32 60, i32 61, i32 62, i32 63>
  %v140 = shufflevector <64 x float> %v119, <64 x float> poison, <16 x i32> <i32 48, i32 49, i32 50, i32 51, i32 52, i32 53, i32 54, i32 55, i32 56, i32 57, i32 58, i32 59, i32 60, i32 61, i32 62, i32 63>
  %v141 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v139, <16 x float> %v140, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v142 = shufflevector <16 x float> %v132, <16 x float> %v135, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v143 = shufflevector <16 x float> %v138, <16 x float> %v141, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v144 = shufflevector <32 x float> %v142, <32 x float> %v143, <64 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31, i32 32, i32 33, i32 34, i32 35, i32 36, i32 37, i32 38, i32 39, i32 40, i32 41, i32 42, i32 43, i32 44, i32 45, i32 46, i32 47, i32 48, i32 49, i32 50, i32 51, i32 52, i32 53, i32 54, i32 55, i32 56, i32 57, i32 58, i32 59, i32 60, i32 61, i32 62, i32 63>
  %v145 = select <64 x i1> %v116, <64 x float> splat (float 0x0000000000000000), <64 x float> %v144
  br i1 %v18, label %then146, label %else147, !prof !0
then146:
  store <64 x float> %v145, ptr %v100, align 1
  br label %end148
else147:
  %v149 = shl i64 -1, %v17
  %v150 = xor i64 %v149, -1
  %v151 = bitcast i64 %v150 to <64 x i1>
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v145, ptr %v100, i32 1, <64 x i1> %v151)
  br label %end148
end148:
  %v152 = load <64 x float>, ptr %v103, align 1
  %v153 = fadd <64 x float> %v152, %v145
  store <64 x float> %v153, ptr %v103, align 1
  %v154 = add i64 %v95, 1
  %v155 = icmp slt i64 %v154, %v73
  br i1 %v155, label %loop92, label %done93
done93:
  br i1 %v71, label %then156, label %else157
then156:
  %v161 = icmp slt i64 0, %v58
  br i1 %v161, label %loop159, label %done160
loop159:
  %v162 = phi i64 [ 0, %then156 ], [ %v170, %loop159 ]
  %v163 = mul i64 %v162, 256
  %v164 = getelementptr i8, ptr %buffer51, i64 %v163
  %v165 = load <64 x float>, ptr %v164, align 1
  %v166 = mul i64 %v162, 256
  %v167 = getelementptr i8, ptr %buffer52, i64 %v166
  %v168 = load <64 x float>, ptr %v167, align 1
  %v169 = fadd <64 x float> %v165, %v168
  store <64 x float> %v169, ptr %v164, align 1
  %v170 = add i64 %v162, 1
  %v171 = icmp slt i64 %v170, %v58
  br i1 %v171, label %loop159, label %done160
done160:
  br label %end158
else157:
  br label %end158
end158:
  %v172 = add i64 %v70, 1024
  %v173 = icmp slt i64 %v172, %v24
  br i1 %v173, label %loop67, label %done68
done68:
  %v174 = lshr i64 %v58, 1
  br label %while175
while175:
  %v178 = phi i64 [ %v174, %done68 ], [ %v195, %done183 ]
  %v179 = icmp ne i64 %v178, 0
  br i1 %v179, label %loop176, label %done177
loop176:
  %v180 = mul i64 %v178, 256
  %v181 = getelementptr i8, ptr %buffer51, i64 %v180
  %v184 = icmp slt i64 0, %v178
  br i1 %v184, label %loop182, label %done183
loop182:
  %v185 = phi i64 [ 0, %loop176 ], [ %v193, %loop182 ]
  %v186 = mul i64 %v185, 256
  %v187 = getelementptr i8, ptr %buffer51, i64 %v186
  %v188 = load <64 x float>, ptr %v187, align 1
  %v189 = mul i64 %v185, 256
  %v190 = getelementptr i8, ptr %v181, i64 %v189
  %v191 = load <64 x float>, ptr %v190, align 1
  %v192 = fadd <64 x float> %v188, %v191
  store <64 x float> %v192, ptr %v187, align 1
  %v193 = add i64 %v185, 1
  %v194 = icmp slt i64 %v193, %v178
  br i1 %v194, label %loop182, label %done183
done183:
  %v195 = lshr i64 %v178, 1
  br label %while175
done177:
  %v196 = load <64 x float>, ptr %buffer51, align 1
  %v197 = fadd <64 x float> %v196, splat (float 0x0000000000000000)
  %v200 = icmp slt i64 0, %v24
  br i1 %v200, label %loop198, label %done199
loop198:
  %v201 = phi i64 [ 0, %done177 ], [ %v220, %end216 ]
  %v202 = mul i64 %v201, %v77
  %v203 = getelementptr i8, ptr %v23, i64 %v202
  br i1 %v18, label %then204, label %else205, !prof !0
then204:
  %v207 = load <64 x float>, ptr %v203, align 1
  br label %end206
else205:
  %v208 = shl i64 -1, %v17
  %v209 = xor i64 %v208, -1
  %v210 = bitcast i64 %v209 to <64 x i1>
  %v211 = call <64 x float> @llvm.masked.load.v64f32.p0(ptr %v203, i32 1, <64 x i1> %v210, <64 x float> zeroinitializer)
  br label %end206
end206:
  %v212 = phi <64 x float> [ %v207, %then204 ], [ %v211, %else205 ]
  %v213 = fdiv <64 x float> %v212, %v197
  br i1 %v18, label %then214, label %else215, !prof !0
then214:
  store <64 x float> %v213, ptr %v203, align 1
  br label %end216
else215:
  %v217 = shl i64 -1, %v17
  %v218 = xor i64 %v217, -1
  %v219 = bitcast i64 %v218 to <64 x i1>
  call void @llvm.masked.store.v64f32.p0(<64 x float> %v213, ptr %v203, i32 1, <64 x i1> %v219)
  br label %end216
end216:
  %v220 = add i64 %v201, 1
  %v221 = icmp slt i64 %v220, %v24
  br i1 %v221, label %loop198, label %done199
done199:
  %v222 = add i64 %v16, 64
  %v223 = icmp slt i64 %v222, %end
  br i1 %v223, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
