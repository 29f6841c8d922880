declare <32 x i16> @llvm.masked.load.v32i16.p0(ptr, i32, <32 x i1>, <32 x i16>)
declare <32 x float> @llvm.fabs.v32f32(<32 x float>)
declare <32 x i32> @llvm.smax.v32i32(<32 x i32>, <32 x i32>)
declare <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float>, <16 x i32>, <16 x float>)
declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)
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
  %v16 = phi i64 [ %begin, %main ], [ %v169, %done27 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v167, %end162 ]
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
  %v73 = fcmp ogt <32 x float> %v72, splat (float 0x402E000000000000)
  %v74 = select <32 x i1> %v73, <32 x float> splat (float 0x402E000000000000), <32 x float> %v72
  %v75 = bitcast <32 x float> %v74 to <32 x i32>
  %v76 = call <32 x i32> @llvm.smax.v32i32(<32 x i32> %v75, <32 x i32> splat (i32 1038090240))
  %v77 = lshr <32 x i32> %v76, splat (i32 21)
  %v78 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v79 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x4001FFC880000000, float 0x400610A3C0000000, float 0x400950F7C0000000, float 0x400EA8F980000000, float 0x4010000000000000, float 0x4014000000000000, float 0x4018000000000000, float 0x401C000000000000, float 0x4020000000000000, float 0x4024000000000000, float 0x4028000000000000, float 0x402C000000000000, float 0x4030000000000000, float 0x4034000000000000, float 0x4038000000000000, float 0x0000000000000000>, <16 x i32> %v78, <16 x float> <float 0x3FC200F100000000, float 0x3FC5FEA9E0000000, float 0x3FCA00ACE0000000, float 0x3FCDFF83E0000000, float 0x3FD2004E40000000, float 0x3FD600E8E0000000, float 0x3FD9FF6720000000, float 0x3FDE016680000000, float 0x3FE2001600000000, float 0x3FE6016900000000, float 0x3FEA00A5C0000000, float 0x3FEDFF86E0000000, float 0x3FF1FE9500000000, float 0x3FF6009200000000, float 0x3FF9FF7900000000, float 0x3FFDFE9B80000000>)
  %v80 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v81 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x4001FFC880000000, float 0x400610A3C0000000, float 0x400950F7C0000000, float 0x400EA8F980000000, float 0x4010000000000000, float 0x4014000000000000, float 0x4018000000000000, float 0x401C000000000000, float 0x4020000000000000, float 0x4024000000000000, float 0x4028000000000000, float 0x402C000000000000, float 0x4030000000000000, float 0x4034000000000000, float 0x4038000000000000, float 0x0000000000000000>, <16 x i32> %v80, <16 x float> <float 0x3FC200F100000000, float 0x3FC5FEA9E0000000, float 0x3FCA00ACE0000000, float 0x3FCDFF83E0000000, float 0x3FD2004E40000000, float 0x3FD600E8E0000000, float 0x3FD9FF6720000000, float 0x3FDE016680000000, float 0x3FE2001600000000, float 0x3FE6016900000000, float 0x3FEA00A5C0000000, float 0x3FEDFF86E0000000, float 0x3FF1FE9500000000, float 0x3FF6009200000000, float 0x3FF9FF7900000000, float 0x3FFDFE9B80000000>)
  %v82 = shufflevector <16 x float> %v79, <16 x float> %v81, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v83 = fsub <32 x float> %v74, %v82
  %v84 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v85 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F85A7E660000000, float 0x3F67352AE0000000, float 0x3F28120140000000, float 0x3F0667F740000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3FBC5C8CE0000000>, <16 x i32> %v84, <16 x float> <float 0x40043618A0000000, float 0x3FFE397AC0000000, float 0xBFE75F9EC0000000, float 0x4003B13340000000, float 0x3FAC382E60000000, float 0x3FCE3ABAE0000000, float 0x3FB53CB360000000, float 0xBFA92828E0000000, float 0xBF89242040000000, float 0xBFA5D0DB80000000, float 0xBFAF7F0A40000000, float 0xBFB1F371E0000000, float 0xBFAF6BD0C0000000, float 0xBF9F49C5E0000000, float 0xBF639D0F80000000, float 0x3F87265C20000000>)
  %v86 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v87 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F85A7E660000000, float 0x3F67352AE0000000, float 0x3F28120140000000, float 0x3F0667F740000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3FBC5C8CE0000000>, <16 x i32> %v86, <16 x float> <float 0x40043618A0000000, float 0x3FFE397AC0000000, float 0xBFE75F9EC0000000, float 0x4003B13340000000, float 0x3FAC382E60000000, float 0x3FCE3ABAE0000000, float 0x3FB53CB360000000, float 0xBFA92828E0000000, float 0xBF89242040000000, float 0xBFA5D0DB80000000, float 0xBFAF7F0A40000000, float 0xBFB1F371E0000000, float 0xBFAF6BD0C0000000, float 0xBF9F49C5E0000000, float 0xBF639D0F80000000, float 0x3F87265C20000000>)
  %v88 = shufflevector <16 x float> %v85, <16 x float> %v87, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v89 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v90 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0xBF93CCA780000000, float 0xBF6AEF9180000000, float 0xBF39FB6460000000, float 0x3EB44665A0000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3F3570BC00000000>, <16 x i32> %v89, <16 x float> <float 0x3FB42CC4A0000000, float 0x3FB7CB31C0000000, float 0x3FBB413B00000000, float 0x3FBF0E87A0000000, float 0x3FC1C30FC0000000, float 0x3FC4576640000000, float 0x3FC6219DC0000000, float 0x3FC72C62C0000000, float 0x3FC755F8E0000000, float 0x3FC52A4E80000000, float 0x3FC0F5CCA0000000, float 0x3FB747C720000000, float 0x3F9D1D0300000000, float 0xBF9EC15F80000000, float 0xBFA94B27A0000000, float 0xBFA599BEE0000000>)
  %v91 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v92 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0xBF93CCA780000000, float 0xBF6AEF9180000000, float 0xBF39FB6460000000, float 0x3EB44665A0000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3F3570BC00000000>, <16 x i32> %v91, <16 x float> <float 0x3FB42CC4A0000000, float 0x3FB7CB31C0000000, float 0x3FBB413B00000000, float 0x3FBF0E87A0000000, float 0x3FC1C30FC0000000, float 0x3FC4576640000000, float 0x3FC6219DC0000000, float 0x3FC72C62C0000000, float 0x3FC755F8E0000000, float 0x3FC52A4E80000000, float 0x3FC0F5CCA0000000, float 0x3FB747C720000000, float 0x3F9D1D0300000000, float 0xBF9EC15F80000000, float 0xBFA94B27A0000000, float 0xBFA599BEE0000000>)
  %v93 = shufflevector <16 x float> %v90, <16 x float> %v92, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v94 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v88, <32 x float> %v83, <32 x float> %v93)
  %v95 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v96 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F9641DDC0000000, float 0x3F65B35220000000, float 0x3F357A5DA0000000, float 0x3ED0026620000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0xBFD812C020000000>, <16 x i32> %v95, <16 x float> <float 0xBFD6B6AB00000000, float 0xBFD606B580000000, float 0xBFD52D2DC0000000, float 0xBFD4542820000000, float 0xBFD2B87EA0000000, float 0xBFD0589FA0000000, float 0xBFCB5B40E0000000, float 0xBFC5A53A00000000, float 0xBFB9C2FD60000000, float 0xBF8A045C40000000, float 0x3FAFE5DB40000000, float 0x3FBE4B6920000000, float 0x3FC4CA0AC0000000, float 0x3FC436B9E0000000, float 0x3FBD680D20000000, float 0x3FB147AC60000000>)
  %v97 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v98 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F9641DDC0000000, float 0x3F65B35220000000, float 0x3F357A5DA0000000, float 0x3ED0026620000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0xBFD812C020000000>, <16 x i32> %v97, <16 x float> <float 0xBFD6B6AB00000000, float 0xBFD606B580000000, float 0xBFD52D2DC0000000, float 0xBFD4542820000000, float 0xBFD2B87EA0000000, float 0xBFD0589FA0000000, float 0xBFCB5B40E0000000, float 0xBFC5A53A00000000, float 0xBFB9C2FD60000000, float 0xBF8A045C40000000, float 0x3FAFE5DB40000000, float 0x3FBE4B6920000000, float 0x3FC4CA0AC0000000, float 0x3FC436B9E0000000, float 0x3FBD680D20000000, float 0x3FB147AC60000000>)
  %v99 = shufflevector <16 x float> %v96, <16 x float> %v98, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v100 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v94, <32 x float> %v83, <32 x float> %v99)
  %v101 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v102 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0xBF907548A0000000, float 0xBF594A2060000000, float 0xBF252DD060000000, float 0xBEC153FCA0000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3E96527080000000>, <16 x i32> %v101, <16 x float> <float 0xBFC3EAC580000000, float 0xBFC818ABA0000000, float 0xBFCC279580000000, float 0xBFD0052660000000, float 0xBFD2C46400000000, float 0xBFD60F76C0000000, float 0xBFD8DF77A0000000, float 0xBFDB2D3360000000, float 0xBFDD9A9080000000, float 0xBFDEF2D940000000, float 0xBFDE522880000000, float 0xBFDC1D2E20000000, float 0xBFD6ED3800000000, float 0xBFCDF9A580000000, float 0xBFC0BE7DC0000000, float 0xBFB01EA680000000>)
  %v103 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v104 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0xBF907548A0000000, float 0xBF594A2060000000, float 0xBF252DD060000000, float 0xBEC153FCA0000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3E96527080000000>, <16 x i32> %v103, <16 x float> <float 0xBFC3EAC580000000, float 0xBFC818ABA0000000, float 0xBFCC279580000000, float 0xBFD0052660000000, float 0xBFD2C46400000000, float 0xBFD60F76C0000000, float 0xBFD8DF77A0000000, float 0xBFDB2D3360000000, float 0xBFDD9A9080000000, float 0xBFDEF2D940000000, float 0xBFDE522880000000, float 0xBFDC1D2E20000000, float 0xBFD6ED3800000000, float 0xBFCDF9A580000000, float 0xBFC0BE7DC0000000, float 0xBFB01EA680000000>)
  %v105 = shufflevector <16 x float> %v102, <16 x float> %v104, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v106 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v100, <32 x float> %v83, <32 x float> %v105)
  %v107 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v108 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F7D44CE80000000, float 0x3F425F5FA0000000, float 0x3F0A742680000000, float 0x3E9FD35480000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3FC06EBA80000000>, <16 x i32> %v107, <16 x float> <float 0x3FF1B34DC0000000, float 0x3FF1875E00000000, float 0x3FF152FD00000000, float 0x3FF116D560000000, float 0x3FF0AE4980000000, float 0x3FF00A94E0000000, float 0x3FEE9D9600000000, float 0x3FECFBA9A0000000, float 0x3FEA506080000000, float 0x3FE680A200000000, float 0x3FE2A83FE0000000, float 0x3FDDFD7740000000, float 0x3FD462A9C0000000, float 0x3FC5CC3640000000, float 0x3FB49C0960000000, float 0x3FA1328700000000>)
  %v109 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v110 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3F7D44CE80000000, float 0x3F425F5FA0000000, float 0x3F0A742680000000, float 0x3E9FD35480000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x3FC06EBA80000000>, <16 x i32> %v109, <16 x float> <float 0x3FF1B34DC0000000, float 0x3FF1875E00000000, float 0x3FF152FD00000000, float 0x3FF116D560000000, float 0x3FF0AE4980000000, float 0x3FF00A94E0000000, float 0x3FEE9D9600000000, float 0x3FECFBA9A0000000, float 0x3FEA506080000000, float 0x3FE680A200000000, float 0x3FE2A83FE0000000, float 0x3FDDFD7740000000, float 0x3FD462A9C0000000, float 0x3FC5CC3640000000, float 0x3FB49C0960000000, float 0x3FA1328700000000>)
  %v111 = shufflevector <16 x float> %v108, <16 x float> %v110, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v112 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v106, <32 x float> %v83, <32 x float> %v111)
  %v113 = fcmp olt <32 x float> %v74, splat (float 0x3FC0000000000000)
  %v114 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %v115 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3FEFF402E0000000, float 0x3FEFFF36C0000000, float 0x3FEFFFF000000000, float 0x3FEFFFFFE0000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x0000000000000000>, <16 x i32> %v114, <16 x float> <float 0x3FC42E8A60000000, float 0x3FC8938A40000000, float 0x3FCCF13200000000, float 0x3FD09EAB20000000, float 0x3FD3C9FC20000000, float 0x3FD7E242C0000000, float 0x3FDBCC6C80000000, float 0x3FDF883F60000000, float 0x3FE25B9CA0000000, float 0x3FE56A2220000000, float 0x3FE7FBFCA0000000, float 0x3FEA1518E0000000, float 0x3FEC6CC600000000, float 0x3FEE579A80000000, float 0x3FEF4F5380000000, float 0x3FEFBE4A00000000>)
  %v116 = shufflevector <32 x i32> %v77, <32 x i32> poison, <16 x i32> <i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v117 = call <16 x float> @llvm.x86.avx512.vpermi2var.ps.512(<16 x float> <float 0x3FEFF402E0000000, float 0x3FEFFF36C0000000, float 0x3FEFFFF000000000, float 0x3FEFFFFFE0000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x3FF0000000000000, float 0x0000000000000000>, <16 x i32> %v116, <16 x float> <float 0x3FC42E8A60000000, float 0x3FC8938A40000000, float 0x3FCCF13200000000, float 0x3FD09EAB20000000, float 0x3FD3C9FC20000000, float 0x3FD7E242C0000000, float 0x3FDBCC6C80000000, float 0x3FDF883F60000000, float 0x3FE25B9CA0000000, float 0x3FE56A2220000000, float 0x3FE7FBFCA0000000, float 0x3FEA1518E0000000, float 0x3FEC6CC600000000, float 0x3FEE579A80000000, float 0x3FEF4F5380000000, float 0x3FEFBE4A00000000>)
  %v118 = shufflevector <16 x float> %v115, <16 x float> %v117, <32 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20, i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28, i32 29, i32 30, i32 31>
  %v119 = select <32 x i1> %v113, <32 x float> %v83, <32 x float> %v118
  %v120 = call <32 x float> @llvm.fma.v32f32(<32 x float> %v112, <32 x float> %v83, <32 x float> %v119)
  %v121 = call <32 x float> @llvm.copysign.v32f32(<32 x float> %v120, <32 x float> %v71)
  %v122 = bitcast <32 x float> %v121 to <32 x i32>
  %v123 = lshr <32 x i32> %v122, splat (i32 16)
  %v124 = and <32 x i32> %v123, splat (i32 1)
  %v125 = add <32 x i32> %v124, splat (i32 32767)
  %v126 = add <32 x i32> %v122, %v125
  %v127 = and <32 x i32> %v126, splat (i32 -65536)
  %v128 = fcmp uno <32 x float> %v121, %v121
  %v129 = and <32 x i32> %v122, splat (i32 -65536)
  %v130 = or <32 x i32> %v129, splat (i32 2143289344)
  %v131 = select <32 x i1> %v128, <32 x i32> %v130, <32 x i32> %v127
  %v132 = bitcast <32 x i32> %v131 to <32 x float>
  %v133 = fadd <32 x float> %v132, splat (float 0x3FF0000000000000)
  %v134 = bitcast <32 x float> %v133 to <32 x i32>
  %v135 = lshr <32 x i32> %v134, splat (i32 16)
  %v136 = and <32 x i32> %v135, splat (i32 1)
  %v137 = add <32 x i32> %v136, splat (i32 32767)
  %v138 = add <32 x i32> %v134, %v137
  %v139 = and <32 x i32> %v138, splat (i32 -65536)
  %v140 = fcmp uno <32 x float> %v133, %v133
  %v141 = and <32 x i32> %v134, splat (i32 -65536)
  %v142 = or <32 x i32> %v141, splat (i32 2143289344)
  %v143 = select <32 x i1> %v140, <32 x i32> %v142, <32 x i32> %v139
  %v144 = bitcast <32 x i32> %v143 to <32 x float>
  %v145 = fmul <32 x float> %v59, %v144
  %v146 = bitcast <32 x float> %v145 to <32 x i32>
  %v147 = lshr <32 x i32> %v146, splat (i32 16)
  %v148 = and <32 x i32> %v147, splat (i32 1)
  %v149 = add <32 x i32> %v148, splat (i32 32767)
  %v150 = add <32 x i32> %v146, %v149
  %v151 = and <32 x i32> %v150, splat (i32 -65536)
  %v152 = fcmp uno <32 x float> %v145, %v145
  %v153 = and <32 x i32> %v146, splat (i32 -65536)
  %v154 = or <32 x i32> %v153, splat (i32 2143289344)
  %v155 = select <32 x i1> %v152, <32 x i32> %v154, <32 x i32> %v151
  %v156 = bitcast <32 x i32> %v155 to <32 x float>
  %v157 = bitcast <32 x float> %v156 to <32 x i32>
  %v158 = lshr <32 x i32> %v157, splat (i32 16)
  %v159 = trunc <32 x i32> %v158 to <32 x i16>
  br i1 %v31, label %then160, label %else161, !prof !0
then160:
  store <32 x i16> %v159, ptr %v34, align 1
  br label %end162
else161:
  %v163 = shl i64 -1, %v30
  %v164 = xor i64 %v163, -1
  %v165 = trunc i64 %v164 to i32
  %v166 = bitcast i32 %v165 to <32 x i1>
  call void @llvm.masked.store.v32i16.p0(<32 x i16> %v159, ptr %v34, i32 1, <32 x i1> %v166)
  br label %end162
end162:
  %v167 = add i64 %v29, 32
  %v168 = icmp slt i64 %v167, %v25
  br i1 %v168, label %loop26, label %done27
done27:
  %v169 = add i64 %v16, 1
  %v170 = icmp slt i64 %v169, %end
  br i1 %v170, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
