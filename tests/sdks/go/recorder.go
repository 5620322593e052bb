// Steps that call the SDK, and the account of which of its methods they called.
//
// A step passes if it does not panic. What fails is charged to the method that was called last; a
// method that no step calls is reported as forgotten.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/scalekit-inc/scalekit-sdk-go/v2"
	errdetailsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/errdetails"
)

// AgentKit is answered with UNIMPLEMENTED; the others of these make clients and call nothing.
var outOfScope = map[string]bool{
	"Actions": true, "ConnectedAccount": true, "ConnectedAccounts": true, "MCP": true, "Mcp": true,
	"Tool": true, "Tools": true, "Provider": true, "Providers": true, "WithSecret": true,
}

type recorder struct {
	services map[string]reflect.Value // by the client's accessor; "" is the client itself
	offered  map[string]bool
	called   map[string]bool
	failed   map[string]string
	last     string
	steps    int
}

func newRecorder(client scalekit.Scalekit) *recorder {
	r := &recorder{
		services: map[string]reflect.Value{"": reflect.ValueOf(client)},
		offered:  map[string]bool{}, called: map[string]bool{}, failed: map[string]string{},
	}
	face := reflect.TypeOf((*scalekit.Scalekit)(nil)).Elem()
	for i := range face.NumMethod() {
		method := face.Method(i)
		if outOfScope[method.Name] {
			continue
		}
		isAccessor := method.Type.NumIn() == 0 && method.Type.NumOut() == 1 &&
			method.Type.Out(0).Kind() == reflect.Interface
		if !isAccessor {
			r.offered[method.Name] = true
			continue
		}
		service := reflect.ValueOf(client).MethodByName(method.Name).Call(nil)[0]
		r.services[method.Name] = service
		for j := range service.Type().NumMethod() {
			r.offered[method.Name+"."+service.Type().Method(j).Name] = true
		}
	}
	return r
}

// Calls "Service.Method", or a method of the client itself, with a context first where it takes
// one. By name, so that one program fits every version of the SDK and none goes unrecorded.
func (r *recorder) invoke(name string, arguments ...any) ([]reflect.Value, error) {
	r.last = name
	part, methodName, isPart := strings.Cut(name, ".")
	if !isPart {
		part, methodName = "", name
	}
	service, known := r.services[part]
	if !known {
		panic("the SDK has no " + part)
	}
	method := service.MethodByName(methodName)
	if !method.IsValid() {
		panic("the SDK has no " + name)
	}
	r.called[name] = true
	kind := method.Type()
	var given []reflect.Value
	if kind.NumIn() > 0 && kind.In(0) == reflect.TypeOf((*context.Context)(nil)).Elem() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		given = append(given, reflect.ValueOf(ctx))
	}
	for _, argument := range arguments {
		given = append(given, reflect.ValueOf(argument))
	}
	results := method.Call(given)
	last := results[len(results)-1]
	if err, isError := last.Interface().(error); isError && err != nil {
		return nil, err
	}
	return results[:len(results)-1], nil
}

// The answer of a call that must succeed.
func get[T any](w *world, name string, arguments ...any) T {
	results, err := w.recorder.invoke(name, arguments...)
	if err != nil {
		panic(fmt.Sprintf("refused: %v", err))
	}
	answer, fits := results[0].Interface().(T)
	if !fits {
		panic(fmt.Sprintf("%s answers with %s", name, results[0].Type()))
	}
	return answer
}

// A call that answers nothing and must succeed.
func do(w *world, name string, arguments ...any) {
	if _, err := w.recorder.invoke(name, arguments...); err != nil {
		panic(fmt.Sprintf("refused: %v", err))
	}
}

// A call that must be refused with one of these codes, and an ErrorInfo that says the same.
func refused(w *world, codes []connect.Code, name string, arguments ...any) {
	_, err := w.recorder.invoke(name, arguments...)
	if err == nil {
		panic(fmt.Sprintf("accepted instead of %v", codes))
	}
	var failure *connect.Error
	if !errors.As(err, &failure) {
		panic(fmt.Sprintf("not an error of the server: %v", err))
	}
	wanted := false
	for _, code := range codes {
		wanted = wanted || failure.Code() == code
	}
	if !wanted {
		panic(fmt.Sprintf("refused with %v instead of %v: %v", failure.Code(), codes, err))
	}
	for _, detail := range failure.Details() {
		value, err := detail.Value()
		if err != nil {
			panic(err)
		}
		if info, isInfo := value.(*errdetailsv1.ErrorInfo); isInfo {
			same(info.GetErrorCode(), strings.ToUpper(failure.Code().String()), "error_code")
			return
		}
	}
	panic("the error has no ErrorInfo")
}

// A call that the SDK itself must refuse.
func refusedBySdk(w *world, name string, arguments ...any) {
	if _, err := w.recorder.invoke(name, arguments...); err == nil {
		panic("accepted")
	}
}

var (
	notFound  = []connect.Code{connect.CodeNotFound}
	invalid   = []connect.Code{connect.CodeInvalidArgument}
	bad       = []connect.Code{connect.CodeInvalidArgument, connect.CodeFailedPrecondition}
	exists    = []connect.Code{connect.CodeAlreadyExists}
	wrongCode = []connect.Code{
		connect.CodeInvalidArgument, connect.CodeFailedPrecondition, connect.CodeNotFound,
	}
)

func same[T any](actual, expected T, what string) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%s is %v, not %v", what, actual, expected))
	}
}

func holds(condition bool, what string) {
	if !condition {
		panic(what)
	}
}

func ptr[T any](value T) *T { return &value }

type step struct {
	name string
	run  func(*world)
}

func (r *recorder) run(s step, w *world) {
	r.steps++
	r.last = ""
	defer func() {
		reason := recover()
		if reason == nil {
			fmt.Println("ok    ", s.name)
			return
		}
		fmt.Printf("FAILED %s: %s: %v\n", s.name, r.last, reason)
		charged := r.last
		if charged == "" {
			charged = s.name
		}
		if _, is := r.failed[charged]; !is {
			r.failed[charged] = fmt.Sprintf("%s: %v", s.name, reason)
		}
	}()
	s.run(w)
}

func (r *recorder) report() int {
	all := map[string]bool{}
	for name := range r.offered {
		all[name] = true
	}
	for name := range r.failed {
		all[name] = true
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Println()
	failures := 0
	for _, name := range names {
		switch reason, isFailed := r.failed[name]; {
		case isFailed:
			failures++
			fmt.Printf("FAILED  %s  (%s)\n", name, reason)
		case r.called[name]:
			fmt.Printf("pass    %s\n", name)
		default:
			failures++
			fmt.Printf("FORGOT  %s  (no step calls it, or none got that far)\n", name)
		}
	}
	fmt.Printf("\n%d steps; %d of %d methods walked\n", r.steps, len(r.called), len(r.offered))
	fmt.Printf("# pass %d\n# fail %d\n", len(names)-failures, failures)
	if failures > 0 {
		return 1
	}
	return 0
}

func main() {
	w := newWorld()
	for _, chapter := range [][]step{organizationSteps, peopleSteps, accessSteps} {
		for _, each := range chapter {
			w.recorder.run(each, w)
		}
	}
	os.Exit(w.recorder.report())
}
