declare <32 x float> @llvm.masked.load.v32f32.p0(ptr, i32, <32 x i1>, <32 x float>)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare <32 x float> @llvm.fabs.v32f32(<32 x float>)
declare i1 @llvm.vector.reduce.or.v32i1(<32 x i1>)
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
  %v16 = phi i64 [ %begin, %main ], [ %v244, %done219 ]
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
  %v71 = phi i64 [ 0, %done61 ], [ %v192, %end178 ]
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
  %v96 = phi i64 [ 0, %end83 ], [ %v174, %end167 ]
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
  %v116 = call <32 x float> @llvm.fabs.v32f32(<32 x float> %v115)
  %v117 = fcmp uge <32 x float> %v116, splat (float 0x4055C00000000000)
  %v118 = call i1 @llvm.vector.reduce.or.v32i1(<32 x i1> %v117)
  br i1 %v118, label %then119, label %else120, !prof !1
then119:
  %v122 = fcmp ogt <32 x float> %v115, splat (float 0x4056400000000000)
  %v123 = select <32 x i1> %v122, <32 x float> splat (float 0x4056400000000000), <32 x float> %v115
  %v124 = fcmp olt <32 x float> %v123, splat (float 0xC05A400000000000)
  %v125 = select <32 x i1> %v124, <32 x float> splat (float 0x0000000000000000), <32 x float> %v123
  %v126 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v125, <32 x float> splat (float 0x3FF7154760000000), <32 x float> splat (float 0x4168000000000000))
  %v127 = fsub <32 x float> %v126, splat (float 0x4168000000000000)
  %v128 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v127, <32 x float> splat (float 0xBFE6300000000000), <32 x float> %v125)
  %v129 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v127, <32 x float> splat (float 0x3F2BD01060000000), <32 x float> %v128)
  %v130 = bitcast <32 x float> %v126 to <32 x i32>
  %v131 = call <32 x float> @llvm.fma.v32f32(<32 x float> splat (float 0x3F56AC8C00000000), <32 x float> %v129, <32 x float> splat (float 0x3F8123DF60000000))
  %v132 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v131, <32 x float> %v129, <32 x float> splat (float 0x3FA5558580000000))
  %v133 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v132, <32 x float> %v129, <32 x float> splat (float 0x3FC55548C0000000))
  %v134 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v133, <32 x float> %v129, <32 x float> splat (float 0x3FDFFFFFC0000000))
  %v135 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v134, <32 x float> %v129, <32 x float> splat (float 0x3FF0000000000000))
  %v136 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v135, <32 x float> %v129, <32 x float> splat (float 0x3FF0000000000000))
  %v137 = sub <32 x i32> %v130, splat (i32 1262485504)
  %v138 = ashr <32 x i32> %v137, splat (i32 1)
  %v139 = sub <32 x i32> %v137, %v138
  %v140 = add <32 x i32> %v138, splat (i32 127)
  %v141 = shl <32 x i32> %v140, splat (i32 23)
  %v142 = bitcast <32 x i32> %v141 to <32 x float>
  %v143 = fmul <32 x float> %v136, %v142
  %v144 = add <32 x i32> %v139, splat (i32 127)
  %v145 = shl <32 x i32> %v144, splat (i32 23)
  %v146 = bitcast <32 x i32> %v145 to <32 x float>
  %v147 = fmul <32 x float> %v143, %v146
  %v148 = select <32 x i1> %v124, <32 x float> splat (float 0x0000000000000000), <32 x float> %v147
  br label %end121
else120:
  %v149 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v115, <32 x float> splat (float 0x3FF7154760000000), <32 x float> splat (float 0x4168000000000000))
  %v150 = fsub <32 x float> %v149, splat (float 0x4168000000000000)
  %v151 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v150, <32 x float> splat (float 0xBFE6300000000000), <32 x float> %v115)
  %v152 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v150, <32 x float> splat (float 0x3F2BD01060000000), <32 x float> %v151)
  %v153 = bitcast <32 x float> %v149 to <32 x i32>
  %v154 = call <32 x float> @llvm.fma.v32f32(<32 x float> splat (float 0x3F56AC8C00000000), <32 x float> %v152, <32 x float> splat (float 0x3F8123DF60000000))
  %v155 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v154, <32 x float> %v152, <32 x float> splat (float 0x3FA5558580000000))
  %v156 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v155, <32 x float> %v152, <32 x float> splat (float 0x3FC55548C0000000))
  %v157 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v156, <32 x float> %v152, <32 x float> splat (float 0x3FDFFFFFC0000000))
  %v158 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v157, <32 x float> %v152, <32 x float> splat (float 0x3FF0000000000000))
  %v159 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v158, <32 x float> %v152, <32 x float> splat (float 0x3FF0000000000000))
  %v160 = bitcast <32 x float> %v159 to <32 x i32>
  %v161 = shl <32 x i32> %v153, splat (i32 23)
  %v162 = add <32 x i32> %v160, %v161
  %v163 = bitcast <32 x i32> %v162 to <32 x float>
  br label %end121
end121:
  %v164 = phi <32 x float> [ %v148, %then119 ], [ %v163, %else120 ]
  br i1 %v18, label %then165, label %else166, !prof !0
then165:
  store <32 x float> %v164, ptr %v101, align 1
  br label %end167
else166:
  %v168 = trunc i64 %v17 to i32
  %v169 = insertelement <32 x i32> poison, i32 %v168, i32 0
  %v170 = shufflevector <32 x i32> %v169, <32 x i32> poison, <32 x i32> zeroinitializer
  %v171 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v170
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v164, ptr %v101, i32 1, <32 x i1> %v171)
  br label %end167
end167:
  %v172 = load <32 x float>, ptr %v104, align 1
  %v173 = fadd <32 x float> %v172, %v164
  store <32 x float> %v173, ptr %v104, align 1
  %v174 = add i64 %v96, 1
  %v175 = icmp slt i64 %v174, %v74
  br i1 %v175, label %loop93, label %done94
done94:
  br i1 %v72, label %then176, label %else177
then176:
  %v181 = icmp slt i64 0, %v59
  br i1 %v181, label %loop179, label %done180
loop179:
  %v182 = phi i64 [ 0, %then176 ], [ %v190, %loop179 ]
  %v183 = mul i64 %v182, 128
  %v184 = getelementptr i8, ptr %buffer52, i64 %v183
  %v185 = load <32 x float>, ptr %v184, align 1
  %v186 = mul i64 %v182, 128
  %v187 = getelementptr i8, ptr %buffer53, i64 %v186
  %v188 = load <32 x float>, ptr %v187, align 1
  %v189 = fadd <32 x float> %v185, %v188
  store <32 x float> %v189, ptr %v184, align 1
  %v190 = add i64 %v182, 1
  %v191 = icmp slt i64 %v190, %v59
  br i1 %v191, label %loop179, label %done180
done180:
  br label %end178
else177:
  br label %end178
end178:
  %v192 = add i64 %v71, 1024
  %v193 = icmp slt i64 %v192, %v24
  br i1 %v193, label %loop68, label %done69
done69:
  %v194 = lshr i64 %v59, 1
  br label %while195
while195:
  %v198 = phi i64 [ %v194, %done69 ], [ %v215, %done203 ]
  %v199 = icmp ne i64 %v198, 0
  br i1 %v199, label %loop196, label %done197
loop196:
  %v200 = mul i64 %v198, 128
  %v201 = getelementptr i8, ptr %buffer52, i64 %v200
  %v204 = icmp slt i64 0, %v198
  br i1 %v204, label %loop202, label %done203
loop202:
  %v205 = phi i64 [ 0, %loop196 ], [ %v213, %loop202 ]
  %v206 = mul i64 %v205, 128
  %v207 = getelementptr i8, ptr %buffer52, i64 %v206
  %v208 = load <32 x float>, ptr %v207, align 1
  %v209 = mul i64 %v205, 128
  %v210 = getelementptr i8, ptr %v201, i64 %v209
  %v211 = load <32 x float>, ptr %v210, align 1
  %v212 = fadd <32 x float> %v208, %v211
  store <32 x float> %v212, ptr %v207, align 1
  %v213 = add i64 %v205, 1
  %v214 = icmp slt i64 %v213, %v198
  br i1 %v214, label %loop202, label %done203
done203:
  %v215 = lshr i64 %v198, 1
  br label %while195
done197:
  %v216 = load <32 x float>, ptr %buffer52, align 1
  %v217 = fadd <32 x float> %v216, splat (float 0x0000000000000000)
  %v220 = icmp slt i64 0, %v24
  br i1 %v220, label %loop218, label %done219
loop218:
  %v221 = phi i64 [ 0, %done197 ], [ %v242, %end237 ]
  %v222 = mul i64 %v221, %v78
  %v223 = getelementptr i8, ptr %v23, i64 %v222
  br i1 %v18, label %then224, label %else225, !prof !0
then224:
  %v227 = load <32 x float>, ptr %v223, align 1
  br label %end226
else225:
  %v228 = trunc i64 %v17 to i32
  %v229 = insertelement <32 x i32> poison, i32 %v228, i32 0
  %v230 = shufflevector <32 x i32> %v229, <32 x i32> poison, <32 x i32> zeroinitializer
  %v231 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v230
  %v232 = call <32 x float> @llvm.masked.load.v32f32.p0(ptr %v223, i32 1, <32 x i1> %v231, <32 x float> zeroinitializer)
  br label %end226
end226:
  %v233 = phi <32 x float> [ %v227, %then224 ], [ %v232, %else225 ]
  %v234 = fdiv <32 x float> %v233, %v217
  br i1 %v18, label %then235, label %else236, !prof !0
then235:
  store <32 x float> %v234, ptr %v223, align 1
  br label %end237
else236:
  %v238 = trunc i64 %v17 to i32
  %v239 = insertelement <32 x i32> poison, i32 %v238, i32 0
  %v240 = shufflevector <32 x i32> %v239, <32 x i32> poison, <32 x i32> zeroinitializer
  %v241 = icmp ult <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>, %v240
  call void @llvm.masked.store.v32f32.p0(<32 x float> %v234, ptr %v223, i32 1, <32 x i1> %v241)
  br label %end237
end237:
  %v242 = add i64 %v221, 1
  %v243 = icmp slt i64 %v242, %v24
  br i1 %v243, label %loop218, label %done219
done219:
  %v244 = add i64 %v16, 32
  %v245 = icmp slt i64 %v244, %end
  br i1 %v245, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
