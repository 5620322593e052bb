module gatehouse.test/sdks/go

go 1.25.0

require (
	connectrpc.com/connect v1.16.2
	github.com/scalekit-inc/scalekit-sdk-go/v2 v2.6.0
	google.golang.org/protobuf v1.35.2
)
