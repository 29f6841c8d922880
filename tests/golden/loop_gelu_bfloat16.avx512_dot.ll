declare <32 x i16> @llvm.masked.load.v32i16.p0(ptr, i32, <32 x i1>, <32 x i16>)
declare <32 x float> @llvm.fabs.v32f32(<32 x float>)
declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)
declare <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float>, <16 x i32>)
declare <32 x float> @llvm.copysign.v32f32(<32 x float>, <32 x float>)
declare void @llvm.masked.store.v32i16.p0(<32 x i16>, ptr, i32, <32 x i1>)

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
  %v16 = phi i64 [ %begin, %main ], [ %v180, %done27 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v178, %end173 ]
  %v30 = sub i64 %v25, %v29
  %v31 = icmp sge i64 %v30, 32
  %v32 = mul i64 %v29, 2
  %v33 = getelementptr i8, ptr %v20, i64 %v32
  %v34 = getelementptr i8, ptr %v24, i64 %v32
  br i1 %v31, label %then35, label %else36, !prof !0
then35:
  %v38 = load <32 x i16>, ptr %v33, align 1
  br label %end37
else36:
  %v39 = shl i64 -1, %v30
  %v40 = xor i64 %v39, -1
  %v41 = trunc i64 %v40 to i32
  %v42 = bitcast i32 %v41 to <32 x i1>
  %v43 = call <32 x i16> @llvm.masked.load.v32i16.p0(ptr %v33, i32 1, <32 x i1> %v42, <32 x i16> zeroinitializer)
  br label %end37
end37:
  %v44 = phi <32 x i16> [ %v38, %then35 ], [ %v43, %else36 ]
  %v45 = zext <32 x i16> %v44 to <32 x i32>
  %v46 = shl <32 x i32> %v45, splat (i32 16)
  %v47 = bitcast <32 x i32> %v46 to <32 x float>
  %v48 = fmul <32 x float> %v47, splat (float 0x3FE0000000000000)
  %v49 = bitcast <32 x float> %v48 to <32 x i32>
  %v50 = lshr <32 x i32> %v49, splat (i32 16)
  %v51 = and <32 x i32> %v50, splat (i32 1)
  %v52 = add <32 x i32> %v51, splat (i32 32767)
  %v53 = add <32 x i32> %v49, %v52
  %v54 = and <32 x i32> %v53, splat (i32 -65536)
  %v55 = fcmp uno <32 x float> %v48, %v48
  %v56 = and <32 x i32> %v49, splat (i32 -65536)
  %v57 = or <32 x i32> %v56, splat (i32 2143289344)
  %v58 = select <32 x i1> %v55, <32 x i32> %v57, <32 x i32> %v54
  %v59 = bitcast <32 x i32> %v58 to <32 x float>
  %v60 = fmul <32 x float> %v47, splat (float 0x3FE6A00000000000)
  %v61 = bitcast <32 x float> %v60 to <32 x i32>
  %v62 = lshr <32 x i32> %v61, splat (i32 16)
  %v63 = and <32 x i32> %v62, splat (i32 1)
  %v64 = add <32 x i32> %v63, splat (i32 32767)
  %v65 = add <32 x i32> %v61, %v64
  %v66 = and <32 x i32> %v65, splat (i32 -65536)
  %v67 = fcmp uno <32 x float> %v60, %v60
  %v68 = and <32 x i32> %v61, splat (i32 -65536)
  %v69 = or <32 x i32> %v68, splat (i32 2143289344)
  %v70 = select <32 x i1> %v67, <32 x i32> %v69, <32 x i32> %v66
  %v71 = bitcast <32 x i32> %v70 to <32 x float>
  %v72 = call <32 x float> @llvm.fabs.v32f32(<32 x float> %v71)
  %v73 = fcmp ogt <32 x float> %v72, splat (float 0x400FD70A40000000)
  %v74 = select <32 x i1> %v73, <32 x float> splat (float 0x400FD70A40000000), <32 x float> %v72
  %v75 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v74, <32 x float> splat (float 0x3FFE1E1E20000000), <32 x float> splat (float 0x4168000000000000))
  %v76 = bitcast <32 x float> %v75 to <32 x i32>
  %v77 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v78 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000, float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000>, <16 x i32> %v77)
  %v79 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v80 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000, float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000>, <16 x i32> %v79)
  %v81 = shufflevector <16 x float> %v78, <16 x float> %v80, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v82 = fsub <32 x float> %v74, %v81
  %v83 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v84 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000, float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000>, <16 x i32> %v83)
  %v85 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v86 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000, float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000>, <16 x i32> %v85)
  %v87 = shufflevector <16 x float> %v84, <16 x float> %v86, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v88 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v89 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000, float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000>, <16 x i32> %v88)
  %v90 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v91 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000, float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000>, <16 x i32> %v90)
  %v92 = shufflevector <16 x float> %v89, <16 x float> %v91, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v93 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v87, <32 x float> %v82, <32 x float> %v92)
  %v94 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v95 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000, float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000>, <16 x i32> %v94)
  %v96 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v97 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000, float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000>, <16 x i32> %v96)
  %v98 = shufflevector <16 x float> %v95, <16 x float> %v97, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v99 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v93, <32 x float> %v82, <32 x float> %v98)
  %v100 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v101 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000, float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000>, <16 x i32> %v100)
  %v102 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v103 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000, float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000>, <16 x i32> %v102)
  %v104 = shufflevector <16 x float> %v101, <16 x float> %v103, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v105 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v99, <32 x float> %v82, <32 x float> %v104)
  %v106 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v107 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000, float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000>, <16 x i32> %v106)
  %v108 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v109 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000, float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000>, <16 x i32> %v108)
  %v110 = shufflevector <16 x float> %v107, <16 x float> %v109, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v111 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v105, <32 x float> %v82, <32 x float> %v110)
  %v112 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v113 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000, float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000>, <16 x i32> %v112)
  %v114 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v115 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000, float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000>, <16 x i32> %v114)
  %v116 = shufflevector <16 x float> %v113, <16 x float> %v115, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v117 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v111, <32 x float> %v82, <32 x float> %v116)
  %v118 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v119 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000, float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000>, <16 x i32> %v118)
  %v120 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v121 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000, float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000>, <16 x i32> %v120)
  %v122 = shufflevector <16 x float> %v119, <16 x float> %v121, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v123 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v117, <32 x float> %v82, <32 x float> %v122)
  %v124 = fcmp oeq <32 x float> %v75, splat (float 0x4168000000000000)
  %v125 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v126 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000, float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000>, <16 x i32> %v125)
  %v127 = shufflevector <32 x i32> %v76, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v128 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000, float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000>, <16 x i32> %v127)
  %v129 = shufflevector <16 x float> %v126, <16 x float> %v128, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v130 = select <32 x i1> %v124, <32 x float> %v82, <32 x float> %v129
  %v131 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v123, <32 x float> %v82, <32 x float> %v130)
  %v132 = call <32 x float> @llvm.copysign.v32f32(<32 x float> %v131, <32 x float> %v71)
  %v133 = bitcast <32 x float> %v132 to <32 x i32>
  %v134 = lshr <32 x i32> %v133, splat (i32 16)
  %v135 = and <32 x i32> %v134, splat (i32 1)
  %v136 = add <32 x i32> %v135, splat (i32 32767)
  %v137 = add <32 x i32> %v133, %v136
  %v138 = and <32 x i32> %v137, splat (i32 -65536)
  %v139 = fcmp uno <32 x float> %v132, %v132
  %v140 = and <32 x i32> %v133, splat (i32 -65536)
  %v141 = or <32 x i32> %v140, splat (i32 2143289344)
  %v142 = select <32 x i1> %v139, <32 x i32> %v141, <32 x i32> %v138
  %v143 = bitcast <32 x i32> %v142 to <32 x float>
  %v144 = fadd <32 x float> %v143, splat (float 0x3FF0000000000000)
  %v145 = bitcast <32 x float> %v144 to <32 x i32>
  %v146 = lshr <32 x i32> %v145, splat (i32 16)
  %v147 = and <32 x i32> %v146, splat (i32 1)
  %v148 = add <32 x i32> %v147, splat (i32 32767)
  %v149 = add <32 x i32> %v145, %v148
  %v150 = and <32 x i32> %v149, splat (i32 -65536)
  %v151 = fcmp uno <32 x float> %v144, %v144
  %v152 = and <32 x i32> %v145, splat (i32 -65536)
  %v153 = or <32 x i32> %v152, splat (i32 2143289344)
  %v154 = select <32 x i1> %v151, <32 x i32> %v153, <32 x i32> %v150
  %v155 = bitcast <32 x i32> %v154 to <32 x float>
  %v156 = fmul <32 x float> %v59, %v155
  %v157 = bitcast <32 x float> %v156 to <32 x i32>
  %v158 = lshr <32 x i32> %v157, splat (i32 16)
  %v159 = and <32 x i32> %v158, splat (i32 1)
  %v160 = add <32 x i32> %v159, splat (i32 32767)
  %v161 = add <32 x i32> %v157, %v160
  %v162 = and <32 x i32> %v161, splat (i32 -65536)
  %v163 = fcmp uno <32 x float> %v156, %v156
  %v164 = and <32 x i32> %v157, splat (i32 -65536)
  %v165 = or <32 x i32> %v164, splat (i32 2143289344)
  %v166 = select <32 x i1> %v163, <32 x i32> %v165, <32 x i32> %v162
  %v167 = bitcast <32 x i32> %v166 to <32 x float>
  %v168 = bitcast <32 x float> %v167 to <32 x i32>
  %v169 = lshr <32 x i32> %v168, splat (i32 16)
  %v170 = trunc <32 x i32> %v169 to <32 x i16>
  br i1 %v31, label %then171, label %else172, !prof !0
then171:
  store <32 x i16> %v170, ptr %v34, align 1
  br label %end173
else172:
  %v174 = shl i64 -1, %v30
  %v175 = xor i64 %v174, -1
  %v176 = trunc i64 %v175 to i32
  %v177 = bitcast i32 %v176 to <32 x i1>
  call void @llvm.masked.store.v32i16.p0(<32 x i16> %v170, ptr %v34, i32 1, <32 x i1> %v177)
  br label %end173
end173:
  %v178 = add i64 %v29, 32
  %v179 = icmp slt i64 %v178, %v25
  br i1 %v179, label %loop26, label %done27
done27:
  %v180 = add i64 %v16, 1
  %v181 = icmp slt i64 %v180, %end
  br i1 %v181, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
