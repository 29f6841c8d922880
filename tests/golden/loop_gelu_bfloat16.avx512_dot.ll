declare <16 x i16> @llvm.masked.load.v16i16.p0(ptr, i32, <16 x i1>, <16 x i16>)
declare <16 x float> @llvm.fabs.v16f32(<16 x float>)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float>, <16 x i32>)
declare <16 x float> @llvm.copysign.v16f32(<16 x float>, <16 x float>)
declare void @llvm.masked.store.v16i16.p0(<16 x i16>, ptr, i32, <16 x i1>)

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
  %v16 = phi i64 [ %begin, %main ], [ %v144, %done27 ]
  %v19 = mul i64 %v16, %v18
  %v20 = getelementptr i8, ptr %v10, i64 %v19
  %v23 = mul i64 %v16, %v22
  %v24 = getelementptr i8, ptr %v12, i64 %v23
  %v28 = icmp slt i64 0, %v25
  br i1 %v28, label %loop26, label %done27
loop26:
  %v29 = phi i64 [ 0, %loop13 ], [ %v142, %end137 ]
  %v30 = sub i64 %v25, %v29
  %v31 = icmp sge i64 %v30, 16
  %v32 = mul i64 %v29, 2
  %v33 = getelementptr i8, ptr %v20, i64 %v32
  %v34 = getelementptr i8, ptr %v24, i64 %v32
  br i1 %v31, label %then35, label %else36, !prof !0
then35:
  %v38 = load <16 x i16>, ptr %v33, align 1
  br label %end37
else36:
  %v39 = shl i64 -1, %v30
  %v40 = xor i64 %v39, -1
  %v41 = trunc i64 %v40 to i16
  %v42 = bitcast i16 %v41 to <16 x i1>
  %v43 = call <16 x i16> @llvm.masked.load.v16i16.p0(ptr %v33, i32 1, <16 x i1> %v42, <16 x i16> zeroinitializer)
  br label %end37
end37:
  %v44 = phi <16 x i16> [ %v38, %then35 ], [ %v43, %else36 ]
  %v45 = zext <16 x i16> %v44 to <16 x i32>
  %v46 = shl <16 x i32> %v45, splat (i32 16)
  %v47 = bitcast <16 x i32> %v46 to <16 x float>
  %v48 = fmul <16 x float> %v47, splat (float 0x3FE0000000000000)
  %v49 = bitcast <16 x float> %v48 to <16 x i32>
  %v50 = lshr <16 x i32> %v49, splat (i32 16)
  %v51 = and <16 x i32> %v50, splat (i32 1)
  %v52 = add <16 x i32> %v51, splat (i32 32767)
  %v53 = add <16 x i32> %v49, %v52
  %v54 = and <16 x i32> %v53, splat (i32 -65536)
  %v55 = fcmp uno <16 x float> %v48, %v48
  %v56 = and <16 x i32> %v49, splat (i32 -65536)
  %v57 = or <16 x i32> %v56, splat (i32 2143289344)
  %v58 = select <16 x i1> %v55, <16 x i32> %v57, <16 x i32> %v54
  %v59 = bitcast <16 x i32> %v58 to <16 x float>
  %v60 = fmul <16 x float> %v47, splat (float 0x3FE6A00000000000)
  %v61 = bitcast <16 x float> %v60 to <16 x i32>
  %v62 = lshr <16 x i32> %v61, splat (i32 16)
  %v63 = and <16 x i32> %v62, splat (i32 1)
  %v64 = add <16 x i32> %v63, splat (i32 32767)
  %v65 = add <16 x i32> %v61, %v64
  %v66 = and <16 x i32> %v65, splat (i32 -65536)
  %v67 = fcmp uno <16 x float> %v60, %v60
  %v68 = and <16 x i32> %v61, splat (i32 -65536)
  %v69 = or <16 x i32> %v68, splat (i32 2143289344)
  %v70 = select <16 x i1> %v67, <16 x i32> %v69, <16 x i32> %v66
  %v71 = bitcast <16 x i32> %v70 to <16 x float>
  %v72 = call <16 x float> @llvm.fabs.v16f32(<16 x float> %v71)
  %v73 = fcmp ogt <16 x float> %v72, splat (float 0x400FD70A40000000)
  %v74 = select <16 x i1> %v73, <16 x float> splat (float 0x400FD70A40000000), <16 x float> %v72
  %v75 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v74, <16 x float> splat (float 0x3FFE1E1E20000000), <16 x float> splat (float 0x4168000000000000))
  %v76 = bitcast <16 x float> %v75 to <16 x i32>
  %v77 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000, float 0x0000000000000000, float 0x3FE1000E40000000, float 0x3FF0FFDA00000000, float 0x3FF97FE6A0000000, float 0x4000FFF160000000, float 0x40053FD860000000, float 0x40097FCE00000000, float 0x400DC03200000000>, <16 x i32> %v76)
  %v78 = fsub <16 x float> %v74, %v77
  %v79 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000, float 0xBF98C820A0000000, float 0x3F7ECA5100000000, float 0x3F8965C340000000, float 0xBF77C5B720000000, float 0xBF5F334800000000, float 0x3F45E58B80000000, float 0x3F2C8D0A00000000, float 0x3EF51E6040000000>, <16 x i32> %v76)
  %v80 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000, float 0xBF5509B3A0000000, float 0xBFA84B1A00000000, float 0x3F847BB1C0000000, float 0x3F8FFF6180000000, float 0xBF5B0F3B80000000, float 0xBF612EDE00000000, float 0xBF378E27E0000000, float 0xBEF9F9AD00000000>, <16 x i32> %v76)
  %v81 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v79, <16 x float> %v78, <16 x float> %v80)
  %v82 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000, float 0x3FBCF3EC60000000, float 0xBF5F8064C0000000, float 0xBFB0F796A0000000, float 0xBF745DB2A0000000, float 0x3F89980740000000, float 0x3F6F3A9CA0000000, float 0x3F3C099240000000, float 0x3EF7608CA0000000>, <16 x i32> %v76)
  %v83 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v81, <16 x float> %v78, <16 x float> %v82)
  %v84 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000, float 0xBEFAAABF60000000, float 0x3FC77B8620000000, float 0x3FA892C360000000, float 0xBFA92BD420000000, float 0xBF9B005A80000000, float 0xBF739D8300000000, float 0xBF3A4E5A80000000, float 0xBEF1C445C0000000>, <16 x i32> %v76)
  %v85 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v83, <16 x float> %v78, <16 x float> %v84)
  %v86 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000, float 0xBFD8126F80000000, float 0xBFBF9FD780000000, float 0x3FC3950CC0000000, float 0x3FBEFBD9E0000000, float 0x3FA0EAA9C0000000, float 0x3F716D9C60000000, float 0x3F326E8680000000, float 0x3EE4BB1F20000000>, <16 x i32> %v76)
  %v87 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v85, <16 x float> %v78, <16 x float> %v86)
  %v88 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000, float 0xBE54F83CE0000000, float 0xBFDCEE63E0000000, float 0xBFD8D08160000000, float 0xBFC2279580000000, float 0xBF9ADB3D40000000, float 0xBF652F8100000000, float 0xBF223F1640000000, float 0xBED15A4860000000>, <16 x i32> %v76)
  %v89 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v87, <16 x float> %v78, <16 x float> %v88)
  %v90 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000, float 0x3FC06EBA80000000, float 0x3FEB3AA2E0000000, float 0x3FD75B0780000000, float 0x3FB6C85980000000, float 0x3F8946E940000000, float 0x3F4FE76420000000, float 0x3F06E5C680000000, float 0x3EB2A98A60000000>, <16 x i32> %v76)
  %v91 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v89, <16 x float> %v78, <16 x float> %v90)
  %v92 = fcmp oeq <16 x float> %v75, splat (float 0x4168000000000000)
  %v93 = call <16 x float> @llvm.x86.avx512.permvar.sf.512(<16 x float> <float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000, float 0x0000000000000000, float 0x3FE1856680000000, float 0x3FEBBED540000000, float 0x3FEF39B7A0000000, float 0x3FEFEA4160000000, float 0x3FEFFE9680000000, float 0x3FEFFFF240000000, float 0x3FEFFFFFC0000000>, <16 x i32> %v76)
  %v94 = select <16 x i1> %v92, <16 x float> %v78, <16 x float> %v93
  %v95 = call <16 x float> @llvm.fma.v16f32(<16 x float> %v91, <16 x float> %v78, <16 x float> %v94)
  %v96 = call <16 x float> @llvm.copysign.v16f32(<16 x float> %v95, <16 x float> %v71)
  %v97 = bitcast <16 x float> %v96 to <16 x i32>
  %v98 = lshr <16 x i32> %v97, splat (i32 16)
  %v99 = and <16 x i32> %v98, splat (i32 1)
  %v100 = add <16 x i32> %v99, splat (i32 32767)
  %v101 = add <16 x i32> %v97, %v100
  %v102 = and <16 x i32> %v101, splat (i32 -65536)
  %v103 = fcmp uno <16 x float> %v96, %v96
  %v104 = and <16 x i32> %v97, splat (i32 -65536)
  %v105 = or <16 x i32> %v104, splat (i32 2143289344)
  %v106 = select <16 x i1> %v103, <16 x i32> %v105, <16 x i32> %v102
  %v107 = bitcast <16 x i32> %v106 to <16 x float>
  %v108 = fadd <16 x float> %v107, splat (float 0x3FF0000000000000)
  %v109 = bitcast <16 x float> %v108 to <16 x i32>
  %v110 = lshr <16 x i32> %v109, splat (i32 16)
  %v111 = and <16 x i32> %v110, splat (i32 1)
  %v112 = add <16 x i32> %v111, splat (i32 32767)
  %v113 = add <16 x i32> %v109, %v112
  %v114 = and <16 x i32> %v113, splat (i32 -65536)
  %v115 = fcmp uno <16 x float> %v108, %v108
  %v116 = and <16 x i32> %v109, splat (i32 -65536)
  %v117 = or <16 x i32> %v116, splat (i32 2143289344)
  %v118 = select <16 x i1> %v115, <16 x i32> %v117, <16 x i32> %v114
  %v119 = bitcast <16 x i32> %v118 to <16 x float>
  %v120 = fmul <16 x float> %v59, %v119
  %v121 = bitcast <16 x float> %v120 to <16 x i32>
  %v122 = lshr <16 x i32> %v121, splat (i32 16)
  %v123 = and <16 x i32> %v122, splat (i32 1)
  %v124 = add <16 x i32> %v123, splat (i32 32767)
  %v125 = add <16 x i32> %v121, %v124
  %v126 = and <16 x i32> %v125, splat (i32 -65536)
  %v127 = fcmp uno <16 x float> %v120, %v120
  %v128 = and <16 x i32> %v121, splat (i32 -65536)
  %v129 = or <16 x i32> %v128, splat (i32 2143289344)
  %v130 = select <16 x i1> %v127, <16 x i32> %v129, <16 x i32> %v126
  %v131 = bitcast <16 x i32> %v130 to <16 x float>
  %v132 = bitcast <16 x float> %v131 to <16 x i32>
  %v133 = lshr <16 x i32> %v132, splat (i32 16)
  %v134 = trunc <16 x i32> %v133 to <16 x i16>
  br i1 %v31, label %then135, label %else136, !prof !0
then135:
  store <16 x i16> %v134, ptr %v34, align 1
  br label %end137
else136:
  %v138 = shl i64 -1, %v30
  %v139 = xor i64 %v138, -1
  %v140 = trunc i64 %v139 to i16
  %v141 = bitcast i16 %v140 to <16 x i1>
  call void @llvm.masked.store.v16i16.p0(<16 x i16> %v134, ptr %v34, i32 1, <16 x i1> %v141)
  br label %end137
end137:
  %v142 = add i64 %v29, 16
  %v143 = icmp slt i64 %v142, %v25
  br i1 %v143, label %loop26, label %done27
done27:
  %v144 = add i64 %v16, 1
  %v145 = icmp slt i64 %v144, %end
  br i1 %v145, label %loop13, label %done14
done14:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
