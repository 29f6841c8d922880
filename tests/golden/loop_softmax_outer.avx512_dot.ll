declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)
declare <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float>, <16 x float>, <16 x float>, i16, i32)
declare void @llvm.masked.store.v32f32.p0(<32 x float>, ptr, i32, <32 x i1>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer52 = alloca [4096 x i8], align 64
  %buffer53 = alloca [4096 x i8], align 64
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
  %v54 = call i64 @llvm.smin.i64(i64 %v24, i64 32)
  %v55 = call i64 @llvm.smax.i64(i64 %v54, i64 1)
  %v56 = sub i64 %v55, 1
  %v57 = call i64 @llvm.ctlz.i64(i64 %v56, i1 false)
  %v58 = sub i64 64, %v57
  %v59 = shl i64 1, %v58
  %v77 = getelementptr i8, ptr %v3, i64 56
  %v78 = load i64, ptr %v77, align 8
  br label %main
main:
  %v15 = icmp slt i64 %begin, %end
  br i1 %v15, label %loop13, label %done14
loop13:
  %v16 = phi i64 [ %begin, %main ], [ %v220, %done195 ]
  %v17 = sub i64 %end, %v16
  %v18 = icmp sge i64 %v17, 32
  %v19 = select i1 %v18, i64 32, i64 %v17
  %v20 = mul i64 %v16, 4
  %v21 = getelementptr i8, ptr %v10, i64 %v20
  %v22 = mul i64 %v16, 4
  %v23 = getelementptr i8, ptr %v12, i64 %v22
  %v27 = icmp slt i64 0, %v24
  br i1 %v27, label %loop25, label %done26
loop25:
  %v28 = phi i64 [ 0, %loop13 ], [ %v48, %end36 ]
  %v29 = phi <32 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v47, %end36 ]
  %v32 = mul i64 %v28, %v31
  %v33 = getelementptr i8, ptr %v21, i64 %v32
  br i1 %v18, label %then34, label %else35, !prof !0
then34:
  %v37 = load <32 x float>, ptr %v33, align 1
  br label %end36
else35:
  %v38 = shl i64 -1, %v17
  %v39 = xor i64 %v38, -1
  %v40 = trunc i64 %v39 to i32
  %v41 = bitcast i32 %v40 to <32 x i1>
  %v42 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v33, i32 1, <32 x i1> %v41, <32 x float> zeroinitializer)
  br label %end36
end36:
  %v43 = phi <32 x float> [ %v37, %then34 ], [ %v42, %else35 ]
  %v44 = fcmp ogt <32 x float> %v43, %v29
  %v45 = select <32 x i1> %v44, <32 x float> %v43, <32 x float> %v29
  %v46 = fcmp uno <32 x float> %v43, %v43
  %v47 = select <32 x i1> %v46, <32 x float> %v43, <32 x float> %v45
  %v48 = add i64 %v28, 1
  %v49 = icmp slt i64 %v48, %v24
  br i1 %v49, label %loop25, label %done26
done26:
  %v50 = phi <32 x float> [ splat (float 0xFFF0000000000000), %loop13 ], [ %v47, %end36 ]
  %v51 = fadd <32 x float> %v50, splat (float 0x0000000000000000)
  %v62 = icmp slt i64 0, %v59
  br i1 %v62, label %loop60, label %done61
loop60:
  %v63 = phi i64 [ 0, %done26 ], [ %v66, %loop60 ]
  %v64 = mul i64 %v63, 128
  %v65 = getelementptr i8, ptr %buffer52, i64 %v64
  store <32 x float> splat (float 0x8000000000000000), ptr %v65, align 4
  %v66 = add i64 %v63, 1
  %v67 = icmp slt i64 %v66, %v59
  br i1 %v67, label %loop60, label %done61
done61:
  %v70 = icmp slt i64 0, %v24
  br i1 %v70, label %loop68, label %done69
loop68:
  %v71 = phi i64 [ 0, %done61 ], [ %v168, %end154 ]
  %v72 = icmp ne i64 %v71, 0
  %v73 = sub i64 %v24, %v71
  %v74 = call i64 @llvm.smin.i64(i64 %v73, i64 1024)
  %v75 = mul i64 %v71, %v31
  %v76 = getelementptr i8, ptr %v21, i64 %v75
  %v79 = mul i64 %v71, %v78
  %v80 = getelementptr i8, ptr %v23, i64 %v79
  br i1 %v72, label %then81, label %else82
then81:
  %v86 = icmp slt i64 0, %v59
  br i1 %v86, label %loop84, label %done85
loop84:
  %v87 = phi i64 [ 0, %then81 ], [ %v90, %loop84 ]
  %v88 = mul i64 %v87, 128
  %v89 = getelementptr i8, ptr %buffer53, i64 %v88
  store <32 x float> splat (float 0x8000000000000000), ptr %v89, align 4
  %v90 = add i64 %v87, 1
  %v91 = icmp slt i64 %v90, %v59
  br i1 %v91, label %loop84, label %done85
done85:
  br label %end83
else82:
  br label %end83
end83:
  %v92 = select i1 %v72, ptr %buffer53, ptr %buffer52
  %v95 = icmp slt i64 0, %v74
  br i1 %v95, label %loop93, label %done94
loop93:
  %v96 = phi i64 [ 0, %end83 ], [ %v150, %end143 ]
  %v97 = add i64 %v71, %v96
  %v98 = mul i64 %v96, %v31
  %v99 = getelementptr i8, ptr %v76, i64 %v98
  %v100 = mul i64 %v96, %v78
  %v101 = getelementptr i8, ptr %v80, i64 %v100
  %v102 = and i64 %v96, 31
  %v103 = mul i64 %v102, 128
  %v104 = getelementptr i8, ptr %v92, i64 %v103
  br i1 %v18, label %then105, label %else106, !prof !0
then105:
  %v108 = load <32 x float>, ptr %v99, align 1
  br label %end107
else106:
  %v109 = shl i64 -1, %v17
  %v110 = xor i64 %v109, -1
  %v111 = trunc i64 %v110 to i32
  %v112 = bitcast i32 %v111 to <32 x i1>
  %v113 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v99, i32 1, <32 x i1> %v112, <32 x float> zeroinitializer)
  br label %end107
end107:
  %v114 = phi <32 x float> [ %v108, %then105 ], [ %v113, %else106 ]
  %v115 = fsub <32 x float> %v114, %v51
  %v116 = fcmp ogt <32 x float> %v115, splat (float 0x4056400000000000)
  %v117 = select <32 x i1> %v116, <32 x float> splat (float 0x4056400000000000), <32 x float> %v115
  %v118 = fcmp olt <32 x float> %v117, splat (float 0xC05A400000000000)
  %v119 = select <32 x i1> %v118, <32 x float> splat (float 0x0000000000000000), <32 x float> %v117
  %v120 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v119, <32 x float> splat (float 0x3FF7154760000000), <32 x float> splat (float 0x4168000000000000))
  %v121 = fsub <32 x float> %v120, splat (float 0x4168000000000000)
  %v122 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v121, <32 x float> splat (float 0xBFE6300000000000), <32 x float> %v119)
  %v123 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v121, <32 x float> splat (float 0x3F2BD01060000000), <32 x float> %v122)
  %v124 = call <32 x float> @llvm.fma.v32f32(<32 x float> splat (float 0x3F56D10FC0000000), <32 x float> %v123, <32 x float> splat (float 0x3F8120B620000000))
  %v125 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v124, <32 x float> %v123, <32 x float> splat (float 0x3FA55551A0000000))
  %v126 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v125, <32 x float> %v123, <32 x float> splat (float 0x3FC5554DE0000000))
  %v127 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v126, <32 x float> %v123, <32 x float> splat (float 0x3FE0000000000000))
  %v128 = bitcast <32 x float> %v120 to <32 x i32>
  %v129 = sub <32 x i32> %v128, splat (i32 1262485504)
  %v130 = fmul <32 x float> %v123, %v123
  %v131 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v130, <32 x float> %v127, <32 x float> %v123)
  %v132 = fadd <32 x float> %v131, splat (float 0x3FF0000000000000)
  %v133 = shufflevector <32 x float> %v132, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v134 = shufflevector <32 x float> %v121, <32 x float> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v135 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v133, <16 x float> %v134, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v136 = shufflevector <32 x float> %v132, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v137 = shufflevector <32 x float> %v121, <32 x float> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v138 = call <16 x float> @llvm.x86.avx512.mask.scalef.ps.512(<16 x float> %v136, <16 x float> %v137, <16 x float> splat (float 0x0000000000000000), i16 -1, i32 4)
  %v139 = shufflevector <16 x float> %v135, <16 x float> %v138, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v140 = select <32 x i1> %v118, <32 x float> splat (float 0x0000000000000000), <32 x float> %v139
  br i1 %v18, label %then141, label %else142, !prof !0
then141:
  store <32 x float> %v140, ptr %v101, align 1
  br label %end143
else142:
  %v144 = shl i64 -1, %v17
  %v145 = xor i64 %v144, -1
  %v146 = trunc i64 %v145 to i32
  %v147 = bitcast i32 %v146 to <32 x i1>
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v140, ptr %v101, i32 1, <32 x i1> %v147)
  br label %end143
end143:
  %v148 = load <32 x float>, ptr %v104, align 1
  %v149 = fadd <32 x float> %v148, %v140
  store <32 x float> %v149, ptr %v104, align 1
  %v150 = add i64 %v96, 1
  %v151 = icmp slt i64 %v150, %v74
  br i1 %v151, label %loop93, label %done94
done94:
  br i1 %v72, label %then152, label %else153
then152:
  %v157 = icmp slt i64 0, %v59
  br i1 %v157, label %loop155, label %done156
loop155:
  %v158 = phi i64 [ 0, %then152 ], [ %v166, %loop155 ]
  %v159 = mul i64 %v158, 128
  %v160 = getelementptr i8, ptr %buffer52, i64 %v159
  %v161 = load <32 x float>, ptr %v160, align 1
  %v162 = mul i64 %v158, 128
  %v163 = getelementptr i8, ptr %buffer53, i64 %v162
  %v164 = load <32 x float>, ptr %v163, align 1
  %v165 = fadd <32 x float> %v161, %v164
  store <32 x float> %v165, ptr %v160, align 1
  %v166 = add i64 %v158, 1
  %v167 = icmp slt i64 %v166, %v59
  br i1 %v167, label %loop155, label %done156
done156:
  br label %end154
else153:
  br label %end154
end154:
  %v168 = add i64 %v71, 1024
  %v169 = icmp slt i64 %v168, %v24
  br i1 %v169, label %loop68, label %done69
done69:
  %v170 = lshr i64 %v59, 1
  br label %while171
while171:
  %v174 = phi i64 [ %v170, %done69 ], [ %v191, %done179 ]
  %v175 = icmp ne i64 %v174, 0
  br i1 %v175, label %loop172, label %done173
loop172:
  %v176 = mul i64 %v174, 128
  %v177 = getelementptr i8, ptr %buffer52, i64 %v176
  %v180 = icmp slt i64 0, %v174
  br i1 %v180, label %loop178, label %done179
loop178:
  %v181 = phi i64 [ 0, %loop172 ], [ %v189, %loop178 ]
  %v182 = mul i64 %v181, 128
  %v183 = getelementptr i8, ptr %buffer52, i64 %v182
  %v184 = load <32 x float>, ptr %v183, align 1
  %v185 = mul i64 %v181, 128
  %v186 = getelementptr i8, ptr %v177, i64 %v185
  %v187 = load <32 x float>, ptr %v186, align 1
  %v188 = fadd <32 x float> %v184, %v187
  store <32 x float> %v188, ptr %v183, align 1
  %v189 = add i64 %v181, 1
  %v190 = icmp slt i64 %v189, %v174
  br i1 %v190, label %loop178, label %done179
done179:
  %v191 = lshr i64 %v174, 1
  br label %while171
done173:
  %v192 = load <32 x float>, ptr %buffer52, align 1
  %v193 = fadd <32 x float> %v192, splat (float 0x0000000000000000)
  %v196 = icmp slt i64 0, %v24
  br i1 %v196, label %loop194, label %done195
loop194:
  %v197 = phi i64 [ 0, %done173 ], [ %v218, %end213 ]
  %v198 = mul i64 %v197, %v78
  %v199 = getelementptr i8, ptr %v23, i64 %v198
  br i1 %v18, label %then200, label %else201, !prof !0
then200:
  %v203 = load <32 x float>, ptr %v199, align 1
  br label %end202
else201:
  %v204 = shl i64 -1, %v17
  %v205 = xor i64 %v204, -1
  %v206 = trunc i64 %v205 to i32
  %v207 = bitcast i32 %v206 to <32 x i1>
  %v208 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v199, i32 1, <32 x i1> %v207, <32 x float> zeroinitializer)
  br label %end202
end202:
  %v209 = phi <32 x float> [ %v203, %then200 ], [ %v208, %else201 ]
  %v210 = fdiv <32 x float> %v209, %v193
  br i1 %v18, label %then211, label %else212, !prof !0
then211:
  store <32 x float> %v210, ptr %v199, align 1
  br label %end213
else212:
  %v214 = shl i64 -1, %v17
  %v215 = xor i64 %v214, -1
  %v216 = trunc i64 %v215 to i32
  %v217 = bitcast i32 %v216 to <32 x i1>
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v210, ptr %v199, i32 1, <32 x i1> %v217)
  br label %end213
end213:
  %v218 = add i64 %v197, 1
  %v219 = icmp slt i64 %v218, %v24
  br i1 %v219, label %loop194, label %done195
done195:
  %v220 = add i64 %v16, 32
  %v221 = icmp slt i64 %v220, %end
  br i1 %v221, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
