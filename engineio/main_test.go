package engineio

import (
	"testing"

	"go.uber.org/goleak"

	"partychat/engineio/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.BothWays{M: m}) }
