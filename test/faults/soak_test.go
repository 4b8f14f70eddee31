//go:build linux

package faults

const soakedEnv = "PARTYCHAT_FAULTS_SOAKED"

func serveSoaked() int { return 0 }
