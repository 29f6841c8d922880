declare <16 x float> @llvm.fabs.v16f32(<16 x float>)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare <8 x float> @llvm.x86.avx2.permps(<8 x float>, <8 x i32>)
declare <16 x float> @llvm.copysign.v16f32(<16 x float>, <16 x float>)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  %buffer42 = alloca [128 x i8], align 64
  %buffer43 = alloca [128 x i8], align 64
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
  %v16 = phi i64 [ %begin, %main ], [ %v182, %done27 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v180, %end175 ]
  %v30 = sub i64 %v25, %v29
  %v31 = icmp sge i64 %v30, 16
  %v32 = mul i64 %v29, 2
  %v33 = getelementptr i8, ptr %v20, i64 %v32
  %v34 = getelementptr i8, ptr %v24, i64 %v32
  br i1 %v31, label %then35, label %else36, !prof !0
then35:
  br label %end37
else36:
  %v38 = trunc i64 %v30 to i32
  %v39 = insertelement <16 x i32> poison, i32 %v38, i32 0
  %v40 = shufflevector <16 x i32> %v39, <16 x i32> poison, <16 x i32> zeroinitializer
  %v41 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v40
  call void @copy2(ptr %buffer42, i64 2, ptr %v33, i64 2, i64 %v30)
  br label %end37
end37:
  %v44 = phi ptr [ %v33, %then35 ], [ %buffer42, %else36 ]
  %v45 = phi ptr [ %v34, %then35 ], [ %buffer43, %else36 ]
  %v46 = load <16 x i16>, ptr %v44, align 1
  %v47 = zext <16 x i16> %v46 to <16 x i32>
  %v48 = shl <16 x i32> %v47, splat (i32 16)
  %v49 = bitcast <16 x i32> %v48 to <16 x float>
  %v50 = fmul <16 x float> %v49, splat (float 0x3FE0000000000000)
  %v51 = bitcast <16 x float> %v50 to <16 x i32>
  %v52 = lshr <16 x i32> %v51, splat (i32 16)
  %v53 = and <16 x i32> %v52, splat (i32 1)
  %v54 = add <16 x i32> %v53, splat (i32 32767)
  %v55 = add <16 x i32> %v51, %v54
  %v56 = and <16 x i32> %v55, splat (i32 -65536)
  %v57 = fcmp uno <16 x float> %v50, %v50
  %v58 = and <16 x i32> %v51, splat (i32 -65536)
  %v59 = or <16 x i32> %v58, splat (i32 2143289344)
  %v60 = select <16 x i1> %v57, <16 x i32> %v59, <16 x i32> %v56
  %v61 = bitcast <16 x i32> %v60 to <16 x float>
  %v62 = fmul <16 x float> %v49, splat (float 0x3FE6A00000000000)
  %v63 = bitcast <16 x float> %v62 to <16 x i32>
  %v64 = lshr <16 x i32> %v63, splat (i32 16)
  %v65 = and <16 x i32> %v64, splat (i32 1)
  %v66 = add <16 x i32> %v65, splat (i32 32767)
  %v67 = add <16 x i32> %v63, %v66
  %v68 = and <16 x i32> %v67, splat (i32 -65536)
  %v69 = fcmp uno <16 x float> %v62, %v62
  %v70 = and <16 x i32> %v63, splat (i32 -65536)
  %v71 = or <16 x i32> %v70, splat (i32 2143289344)
  %v72 = select <16 x i1> %v69, <16 x i32> %v71, <16 x i32> %v68
  %v73 = bitcast <16 x i32> %v72 to <16 x float>
  %v74 = call <16 x float> @llvm.fabs.v16f32(<16 x float> %v73)
  %v75 = fcmp ogt <16 x float> %v74, splat (float 0x400FD70A40000000)
  %v76 = select <16 x i1> %v75, <16 x float> splat (float 0x400FD70A40000000), <16 x float> %v74
  %v77 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v76, <16 x float> splat (float 0x3FFE1E1E20000000), <16 x float> splat (float 0x4168000000000000))
  %v78 = bitcast <16 x float> %v77 to <16 x i32>
  %v79 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v80 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000>, <8 x i32> %v79)
  %v81 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v82 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000>, <8 x i32> %v81)
  %v83 = shufflevector <8 x float> %v80, <8 x float> %v82, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v84 = fsub <16 x float> %v76, %v83
  %v85 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v86 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000>, <8 x i32> %v85)
  %v87 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v88 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000>, <8 x i32> %v87)
  %v89 = shufflevector <8 x float> %v86, <8 x float> %v88, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v90 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v91 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000>, <8 x i32> %v90)
  %v92 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v93 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000>, <8 x i32> %v92)
  %v94 = shufflevector <8 x float> %v91, <8 x float> %v93, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v95 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v89, <16 x float> %v84, <16 x float> %v94)
  %v96 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v97 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000>, <8 x i32> %v96)
  %v98 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v99 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000>, <8 x i32> %v98)
  %v100 = shufflevector <8 x float> %v97, <8 x float> %v99, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v101 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v95, <16 x float> %v84, <16 x float> %v100)
  %v102 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v103 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000>, <8 x i32> %v102)
  %v104 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v105 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000>, <8 x i32> %v104)
  %v106 = shufflevector <8 x float> %v103, <8 x float> %v105, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v107 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v101, <16 x float> %v84, <16 x float> %v106)
  %v108 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v109 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000>, <8 x i32> %v108)
  %v110 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v111 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000>, <8 x i32> %v110)
  %v112 = shufflevector <8 x float> %v109, <8 x float> %v111, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v113 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v107, <16 x float> %v84, <16 x float> %v112)
  %v114 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v115 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000>, <8 x i32> %v114)
  %v116 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v117 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000>, <8 x i32> %v116)
  %v118 = shufflevector <8 x float> %v115, <8 x float> %v117, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v119 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v113, <16 x float> %v84, <16 x float> %v118)
  %v120 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v121 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000>, <8 x i32> %v120)
  %v122 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v123 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000>, <8 x i32> %v122)
  %v124 = shufflevector <8 x float> %v121, <8 x float> %v123, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v125 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v119, <16 x float> %v84, <16 x float> %v124)
  %v126 = fcmp oeq <16 x float> %v77, splat (float 0x4168000000000000)
  %v127 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %v128 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000>, <8 x i32> %v127)
  %v129 = shufflevector <16 x i32> %v78, <16 x i32> poison, <8 x i32> <i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v130 = call <8 x float> @llvm.x86.avx2.permps(<8 x float> <float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000>, <8 x i32> %v129)
  %v131 = shufflevector <8 x float> %v128, <8 x float> %v130, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v132 = select <16 x i1> %v126, <16 x float> %v84, <16 x float> %v131
  %v133 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v125, <16 x float> %v84, <16 x float> %v132)
  %v134 = call <16 x float> @llvm.copysign.v16f32(<16 x float> %v133, <16 x float> %v73)
  %v135 = bitcast <16 x float> %v134 to <16 x i32>
  %v136 = lshr <16 x i32> %v135, splat (i32 16)
  %v137 = and <16 x i32> %v136, splat (i32 1)
  %v138 = add <16 x i32> %v137, splat (i32 32767)
  %v139 = add <16 x i32> %v135, %v138
  %v140 = and <16 x i32> %v139, splat (i32 -65536)
  %v141 = fcmp uno <16 x float> %v134, %v134
  %v142 = and <16 x i32> %v135, splat (i32 -65536)
  %v143 = or <16 x i32> %v142, splat (i32 2143289344)
  %v144 = select <16 x i1> %v141, <16 x i32> %v143, <16 x i32> %v140
  %v145 = bitcast <16 x i32> %v144 to <16 x float>
  %v146 = fadd <16 x float> %v145, splat (float 0x3FF0000000000000)
  %v147 = bitcast <16 x float> %v146 to <16 x i32>
  %v148 = lshr <16 x i32> %v147, splat (i32 16)
  %v149 = and <16 x i32> %v148, splat (i32 1)
  %v150 = add <16 x i32> %v149, splat (i32 32767)
  %v151 = add <16 x i32> %v147, %v150
  %v152 = and <16 x i32> %v151, splat (i32 -65536)
  %v153 = fcmp uno <16 x float> %v146, %v146
  %v154 = and <16 x i32> %v147, splat (i32 -65536)
  %v155 = or <16 x i32> %v154, splat (i32 2143289344)
  %v156 = select <16 x i1> %v153, <16 x i32> %v155, <16 x i32> %v152
  %v157 = bitcast <16 x i32> %v156 to <16 x float>
  %v158 = fmul <16 x float> %v61, %v157
  %v159 = bitcast <16 x float> %v158 to <16 x i32>
  %v160 = lshr <16 x i32> %v159, splat (i32 16)
  %v161 = and <16 x i32> %v160, splat (i32 1)
  %v162 = add <16 x i32> %v161, splat (i32 32767)
  %v163 = add <16 x i32> %v159, %v162
  %v164 = and <16 x i32> %v163, splat (i32 -65536)
  %v165 = fcmp uno <16 x float> %v158, %v158
  %v166 = and <16 x i32> %v159, splat (i32 -65536)
  %v167 = or <16 x i32> %v166, splat (i32 2143289344)
  %v168 = select <16 x i1> %v165, <16 x i32> %v167, <16 x i32> %v164
  %v169 = bitcast <16 x i32> %v168 to <16 x float>
  %v170 = bitcast <16 x float> %v169 to <16 x i32>
  %v171 = lshr <16 x i32> %v170, splat (i32 16)
  %v172 = trunc <16 x i32> %v171 to <16 x i16>
  store <16 x i16> %v172, ptr %v45, align 1
  br i1 %v31, label %then173, label %else174, !prof !0
then173:
  br label %end175
else174:
  %v176 = trunc i64 %v30 to i32
  %v177 = insertelement <16 x i32> poison, i32 %v176, i32 0
  %v178 = shufflevector <16 x i32> %v177, <16 x i32> poison, <16 x i32> zeroinitializer
  %v179 = icmp ult <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>, %v178
  call void @copy2(ptr %v34, i64 2, ptr %buffer43, i64 2, i64 %v30)
  br label %end175
end175:
  %v180 = add i64 %v29, 16
  %v181 = icmp slt i64 %v180, %v25
  br i1 %v181, label %loop26, label %done27
done27:
  %v182 = add i64 %v16, 1
  %v183 = icmp slt i64 %v182, %end
  br i1 %v183, label %loop13, label %done14
done14:
  ret i64 0
}

define internal void @copy2(ptr %target, i64 %target_stride, ptr %source, i64 %source_stride, i64 %count) nounwind {
entry:
  br label %main
main:
  %v3 = icmp slt i64 0, %count
  br i1 %v3, label %loop1, label %done2
loop1:
  %v4 = phi i64 [ 0, %main ], [ %v10, %loop1 ]
  %v5 = phi ptr [ %source, %main ], [ %v8, %loop1 ]
  %v6 = phi ptr [ %target, %main ], [ %v9, %loop1 ]
  %v7 = load i16, ptr %v5, align 1
  store i16 %v7, ptr %v6, align 1
  %v8 = getelementptr i8, ptr %v5, i64 %source_stride
  %v9 = getelementptr i8, ptr %v6, i64 %target_stride
  %v10 = add i64 %v4, 1
  %v11 = icmp slt i64 %v10, %count
  br i1 %v11, label %loop1, label %done2
done2:
  %v12 = phi ptr [ %source, %main ], [ %v8, %loop1 ]
  %v13 = phi ptr [ %target, %main ], [ %v9, %loop1 ]
  ret void
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
