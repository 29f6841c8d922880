declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)
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
  %v16 = phi i64 [ %begin, %main ], [ %v223, %done198 ]
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
  %v38 = trunc i64 %v17 to i32
  %v39 = insertelement <32 x i32> poison, i32 %v38, i32 0
  %v40 = shufflevector <32 x i32> %v39, <32 x i32> poison, <32 x i32> zeroinitializer
  %v41 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v40
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
  %v71 = phi i64 [ 0, %done61 ], [ %v171, %end157 ]
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
  %v96 = phi i64 [ 0, %end83 ], [ %v153, %end146 ]
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
  %v109 = trunc i64 %v17 to i32
  %v110 = insertelement <32 x i32> poison, i32 %v109, i32 0
  %v111 = shufflevector <32 x i32> %v110, <32 x i32> poison, <32 x i32> zeroinitializer
  %v112 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v111
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
  %v133 = ashr <32 x i32> %v129, splat (i32 1)
  %v134 = sub <32 x i32> %v129, %v133
  %v135 = bitcast <32 x float> %v132 to <32 x i32>
  %v136 = shl <32 x i32> %v133, splat (i32 23)
  %v137 = add <32 x i32> %v135, %v136
  %v138 = bitcast <32 x i32> %v137 to <32 x float>
  %v139 = add <32 x i32> %v134, splat (i32 127)
  %v140 = shl <32 x i32> %v139, splat (i32 23)
  %v141 = bitcast <32 x i32> %v140 to <32 x float>
  %v142 = fmul <32 x float> %v138, %v141
  %v143 = select <32 x i1> %v118, <32 x float> splat (float 0x0000000000000000), <32 x float> %v142
  br i1 %v18, label %then144, label %else145, !prof !0
then144:
  store <32 x float> %v143, ptr %v101, align 1
  br label %end146
else145:
  %v147 = trunc i64 %v17 to i32
  %v148 = insertelement <32 x i32> poison, i32 %v147, i32 0
  %v149 = shufflevector <32 x i32> %v148, <32 x i32> poison, <32 x i32> zeroinitializer
  %v150 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v149
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v143, ptr %v101, i32 1, <32 x i1> %v150)
  br label %end146
end146:
  %v151 = load <32 x float>, ptr %v104, align 1
  %v152 = fadd <32 x float> %v151, %v143
  store <32 x float> %v152, ptr %v104, align 1
  %v153 = add i64 %v96, 1
  %v154 = icmp slt i64 %v153, %v74
  br i1 %v154, label %loop93, label %done94
done94:
  br i1 %v72, label %then155, label %else156
then155:
  %v160 = icmp slt i64 0, %v59
  br i1 %v160, label %loop158, label %done159
loop158:
  %v161 = phi i64 [ 0, %then155 ], [ %v169, %loop158 ]
  %v162 = mul i64 %v161, 128
  %v163 = getelementptr i8, ptr %buffer52, i64 %v162
  %v164 = load <32 x float>, ptr %v163, align 1
  %v165 = mul i64 %v161, 128
  %v166 = getelementptr i8, ptr %buffer53, i64 %v165
  %v167 = load <32 x float>, ptr %v166, align 1
  %v168 = fadd <32 x float> %v164, %v167
  store <32 x float> %v168, ptr %v163, align 1
  %v169 = add i64 %v161, 1
  %v170 = icmp slt i64 %v169, %v59
  br i1 %v170, label %loop158, label %done159
done159:
  br label %end157
else156:
  br label %end157
end157:
  %v171 = add i64 %v71, 1024
  %v172 = icmp slt i64 %v171, %v24
  br i1 %v172, label %loop68, label %done69
done69:
  %v173 = lshr i64 %v59, 1
  br label %while174
while174:
  %v177 = phi i64 [ %v173, %done69 ], [ %v194, %done182 ]
  %v178 = icmp ne i64 %v177, 0
  br i1 %v178, label %loop175, label %done176
loop175:
  %v179 = mul i64 %v177, 128
  %v180 = getelementptr i8, ptr %buffer52, i64 %v179
  %v183 = icmp slt i64 0, %v177
  br i1 %v183, label %loop181, label %done182
loop181:
  %v184 = phi i64 [ 0, %loop175 ], [ %v192, %loop181 ]
  %v185 = mul i64 %v184, 128
  %v186 = getelementptr i8, ptr %buffer52, i64 %v185
  %v187 = load <32 x float>, ptr %v186, align 1
  %v188 = mul i64 %v184, 128
  %v189 = getelementptr i8, ptr %v180, i64 %v188
  %v190 = load <32 x float>, ptr %v189, align 1
  %v191 = fadd <32 x float> %v187, %v190
  store <32 x float> %v191, ptr %v186, align 1
  %v192 = add i64 %v184, 1
  %v193 = icmp slt i64 %v192, %v177
  br i1 %v193, label %loop181, label %done182
done182:
  %v194 = lshr i64 %v177, 1
  br label %while174
done176:
  %v195 = load <32 x float>, ptr %buffer52, align 1
  %v196 = fadd <32 x float> %v195, splat (float 0x0000000000000000)
  %v199 = icmp slt i64 0, %v24
  br i1 %v199, label %loop197, label %done198
loop197:
  %v200 = phi i64 [ 0, %done176 ], [ %v221, %end216 ]
  %v201 = mul i64 %v200, %v78
  %v202 = getelementptr i8, ptr %v23, i64 %v201
  br i1 %v18, label %then203, label %else204, !prof !0
then203:
  %v206 = load <32 x float>, ptr %v202, align 1
  br label %end205
else204:
  %v207 = trunc i64 %v17 to i32
  %v208 = insertelement <32 x i32> poison, i32 %v207, i32 0
  %v209 = shufflevector <32 x i32> %v208, <32 x i32> poison, <32 x i32> zeroinitializer
  %v210 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v209
  %v211 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v202, i32 1, <32 x i1> %v210, <32 x float> zeroinitializer)
  br label %end205
end205:
  %v212 = phi <32 x float> [ %v206, %then203 ], [ %v211, %else204 ]
  %v213 = fdiv <32 x float> %v212, %v196
  br i1 %v18, label %then214, label %else215, !prof !0
then214:
  store <32 x float> %v213, ptr %v202, align 1
  br label %end216
else215:
  %v217 = trunc i64 %v17 to i32
  %v218 = insertelement <32 x i32> poison, i32 %v217, i32 0
  %v219 = shufflevector <32 x i32> %v218, <32 x i32> poison, <32 x i32> zeroinitializer
  %v220 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v219
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v213, ptr %v202, i32 1, <32 x i1> %v220)
  br label %end216
end216:
  %v221 = add i64 %v200, 1
  %v222 = icmp slt i64 %v221, %v24
  br i1 %v222, label %loop197, label %done198
done198:
  %v223 = add i64 %v16, 32
  %v224 = icmp slt i64 %v223, %end
  br i1 %v224, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
