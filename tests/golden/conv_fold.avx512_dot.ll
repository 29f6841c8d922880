declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.smin.i64(i64, i64)

define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {
entry:
  br label %main
main:
  %v1 = load ptr, ptr %arguments, align 8
  %v2 = getelementptr i8, ptr %arguments, i64 8
  %v3 = load ptr, ptr %v2, align 8
  %v4 = getelementptr i8, ptr %arguments, i64 16
  %v5 = load ptr, ptr %v4, align 8
  %v6 = getelementptr i8, ptr %arguments, i64 24
  %v7 = load ptr, ptr %v6, align 8
  %v8 = getelementptr i8, ptr %arguments, i64 32
  %v9 = load ptr, ptr %v8, align 8
  %v10 = load i64, ptr %v3, align 8
  %v11 = getelementptr i8, ptr %v3, i64 8
  %v12 = load i64, ptr %v11, align 8
  %v13 = getelementptr i8, ptr %v3, i64 16
  %v14 = load i64, ptr %v13, align 8
  %v15 = getelementptr i8, ptr %v3, i64 24
  %v16 = load i64, ptr %v15, align 8
  %v17 = getelementptr i8, ptr %v3, i64 32
  %v18 = load i64, ptr %v17, align 8
  %v19 = getelementptr i8, ptr %v3, i64 40
  %v20 = load i64, ptr %v19, align 8
  %v21 = getelementptr i8, ptr %v3, i64 48
  %v22 = load i64, ptr %v21, align 8
  %v23 = getelementptr i8, ptr %v3, i64 56
  %v24 = load i64, ptr %v23, align 8
  %v25 = getelementptr i8, ptr %v3, i64 64
  %v26 = load i64, ptr %v25, align 8
  %v27 = getelementptr i8, ptr %v3, i64 72
  %v28 = load i64, ptr %v27, align 8
  %v29 = getelementptr i8, ptr %v3, i64 80
  %v30 = load i64, ptr %v29, align 8
  %v31 = getelementptr i8, ptr %v3, i64 88
  %v32 = load i64, ptr %v31, align 8
  %v33 = getelementptr i8, ptr %v3, i64 96
  %v34 = load i64, ptr %v33, align 8
  %v35 = getelementptr i8, ptr %v3, i64 104
  %v36 = load i64, ptr %v35, align 8
  %v37 = getelementptr i8, ptr %v3, i64 112
  %v38 = load i64, ptr %v37, align 8
  %v39 = getelementptr i8, ptr %v3, i64 120
  %v40 = load i64, ptr %v39, align 8
  %v41 = getelementptr i8, ptr %v3, i64 128
  %v42 = load i64, ptr %v41, align 8
  %v43 = getelementptr i8, ptr %v3, i64 136
  %v44 = load i64, ptr %v43, align 8
  %v45 = getelementptr i8, ptr %v3, i64 144
  %v46 = load i64, ptr %v45, align 8
  %v47 = getelementptr i8, ptr %v3, i64 152
  %v48 = load i64, ptr %v47, align 8
  %v49 = load ptr, ptr %v1, align 8
  %v50 = getelementptr i8, ptr %v1, i64 8
  %v51 = load ptr, ptr %v50, align 8
  %v52 = getelementptr i8, ptr %v1, i64 16
  %v53 = load ptr, ptr %v52, align 8
  %v54 = mul i64 %v12, %v14
  %v55 = mul i64 %v54, %v16
  %v56 = mul i64 %v18, %v20
  %v57 = mul i64 %v56, %v22
  %v58 = mul i64 %v42, %v44
  %v59 = mul i64 %v58, %v46
  %v62 = icmp slt i64 %begin, %end
  br i1 %v62, label %loop60, label %done61
loop60:
  %v63 = phi i64 [ %begin, %main ], [ %v173, %done82 ]
  %v64 = mul i64 %v63, %v59
  %v65 = getelementptr float, ptr %v53, i64 %v64
  %v66 = urem i64 %v63, %v10
  %v67 = getelementptr float, ptr %v51, i64 %v66
  %v68 = load float, ptr %v67, align 4
  %v69 = icmp ne i64 %v48, 0
  %v70 = select i1 %v69, float %v68, float 0x0000000000000000
  %v73 = icmp slt i64 0, %v59
  br i1 %v73, label %loop71, label %done72
loop71:
  %v74 = phi i64 [ 0, %loop60 ], [ %v76, %loop71 ]
  %v75 = getelementptr float, ptr %v65, i64 %v74
  store float %v70, ptr %v75, align 4
  %v76 = add i64 %v74, 1
  %v77 = icmp slt i64 %v76, %v59
  br i1 %v77, label %loop71, label %done72
done72:
  %v78 = mul i64 %v63, %v57
  %v79 = mul i64 %v78, %v55
  %v80 = getelementptr float, ptr %v49, i64 %v79
  %v83 = icmp slt i64 0, %v18
  br i1 %v83, label %loop81, label %done82
loop81:
  %v84 = phi i64 [ 0, %done72 ], [ %v171, %done86 ]
  %v87 = icmp slt i64 0, %v20
  br i1 %v87, label %loop85, label %done86
loop85:
  %v88 = phi i64 [ 0, %loop81 ], [ %v169, %done90 ]
  %v91 = icmp slt i64 0, %v22
  br i1 %v91, label %loop89, label %done90
loop89:
  %v92 = phi i64 [ 0, %loop85 ], [ %v167, %done100 ]
  %v93 = mul i64 %v84, %v20
  %v94 = add i64 %v93, %v88
  %v95 = mul i64 %v94, %v22
  %v96 = add i64 %v95, %v92
  %v97 = mul i64 %v96, %v55
  %v98 = getelementptr float, ptr %v80, i64 %v97
  %v101 = icmp slt i64 0, %v12
  br i1 %v101, label %loop99, label %done100
loop99:
  %v102 = phi i64 [ 0, %loop89 ], [ %v165, %done104 ]
  %v105 = icmp slt i64 0, %v14
  br i1 %v105, label %loop103, label %done104
loop103:
  %v106 = phi i64 [ 0, %loop99 ], [ %v163, %end124 ]
  %v107 = mul i64 %v102, %v24
  %v108 = mul i64 %v84, %v36
  %v109 = add i64 %v107, %v108
  %v110 = sub i64 %v109, %v30
  %v111 = mul i64 %v106, %v26
  %v112 = mul i64 %v88, %v38
  %v113 = add i64 %v111, %v112
  %v114 = sub i64 %v113, %v32
  %v115 = icmp sge i64 %v110, 0
  %v116 = icmp slt i64 %v110, %v42
  %v117 = and i1 %v115, %v116
  %v118 = icmp sge i64 %v114, 0
  %v119 = and i1 %v117, %v118
  %v120 = icmp slt i64 %v114, %v44
  %v121 = and i1 %v119, %v120
  br i1 %v121, label %then122, label %else123
then122:
  %v125 = mul i64 %v110, %v44
  %v126 = add i64 %v125, %v114
  %v127 = mul i64 %v126, %v46
  %v128 = getelementptr float, ptr %v65, i64 %v127
  %v129 = mul i64 %v102, %v14
  %v130 = add i64 %v129, %v106
  %v131 = mul i64 %v130, %v16
  %v132 = getelementptr float, ptr %v98, i64 %v131
  %v133 = mul i64 %v92, %v40
  %v134 = sub i64 %v133, %v34
  %v135 = sub i64 0, %v134
  %v136 = call i64 @llvm.smax.i64(i64 %v135, i64 0)
  %v137 = sub i64 %v28, 1
  %v138 = add i64 %v136, %v137
  %v139 = udiv i64 %v138, %v28
  %v140 = sub i64 %v46, %v134
  %v141 = call i64 @llvm.smax.i64(i64 %v140, i64 0)
  %v142 = sub i64 %v28, 1
  %v143 = add i64 %v141, %v142
  %v144 = udiv i64 %v143, %v28
  %v145 = call i64 @llvm.smin.i64(i64 %v144, i64 %v16)
  %v146 = mul i64 %v139, %v28
  %v147 = add i64 %v134, %v146
  %v148 = getelementptr float, ptr %v128, i64 %v147
  %v151 = icmp slt i64 %v139, %v145
  br i1 %v151, label %loop149, label %done150
loop149:
  %v152 = phi i64 [ %v139, %then122 ], [ %v160, %loop149 ]
  %v153 = phi ptr [ %v148, %then122 ], [ %v159, %loop149 ]
  %v154 = load float, ptr %v153, align 4
  %v155 = getelementptr float, ptr %v132, i64 %v152
  %v156 = load float, ptr %v155, align 4
  %v157 = fadd float %v154, %v156
  store float %v157, ptr %v153, align 4
  %v158 = mul i64 %v28, 4
  %v159 = getelementptr i8, ptr %v153, i64 %v158
  %v160 = add i64 %v152, 1
  %v161 = icmp slt i64 %v160, %v145
  br i1 %v161, label %loop149, label %done150
done150:
  %v162 = phi ptr [ %v148, %then122 ], [ %v159, %loop149 ]
  br label %end124
else123:
  br label %end124
end124:
  %v163 = add i64 %v106, 1
  %v164 = icmp slt i64 %v163, %v14
  br i1 %v164, label %loop103, label %done104
done104:
  %v165 = add i64 %v102, 1
  %v166 = icmp slt i64 %v165, %v12
  br i1 %v166, label %loop99, label %done100
done100:
  %v167 = add i64 %v92, 1
  %v168 = icmp slt i64 %v167, %v22
  br i1 %v168, label %loop89, label %done90
done90:
  %v169 = add i64 %v88, 1
  %v170 = icmp slt i64 %v169, %v20
  br i1 %v170, label %loop85, label %done86
done86:
  %v171 = add i64 %v84, 1
  %v172 = icmp slt i64 %v171, %v18
  br i1 %v172, label %loop81, label %done82
done82:
  %v173 = add i64 %v63, 1
  %v174 = icmp slt i64 %v173, %end
  br i1 %v174, label %loop60, label %done61
done61:
  ret i64 0
}

!0 = !{!"branch_weights", i32 1000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{i32 1}
