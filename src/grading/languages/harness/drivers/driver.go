// What runs beside an answer in Go: rows are put in, and each result goes to descriptor 3 as a line of JSON.
package main

import (
	benchJson "encoding/json"
	benchErrors "errors"
	benchFmt "fmt"
	benchMath "math"
	benchOs "os"
	benchReflect "reflect"
	benchRuntime "runtime"
	benchSort "sort"
	benchStrconv "strconv"
)

var benchOut = benchOs.NewFile(3, "results")
var benchPrinted int64
var benchFile *benchOs.File
var _ = benchMath.Pi

type benchValue = map[string]any

func benchResults(results ...any) []any {
	if len(results) == 0 {
		return nil
	}
	return results
}

func benchFloat(x float64) any {
	if benchMath.IsNaN(x) {
		return "nan"
	}
	if benchMath.IsInf(x, 0) {
		if x > 0 {
			return "inf"
		}
		return "-inf"
	}
	return x
}

func benchEncode(x benchReflect.Value, depth int) benchValue {
	if !x.IsValid() {
		return benchValue{"t": "null"}
	}
	if depth > 60 {
		return benchValue{"t": "opaque", "type": x.Type().String(), "shown": ""}
	}
	switch x.Kind() {
	case benchReflect.Bool:
		return benchValue{"t": "bool", "v": x.Bool()}
	case benchReflect.Int, benchReflect.Int8, benchReflect.Int16, benchReflect.Int32, benchReflect.Int64:
		return benchValue{"t": "int", "v": benchStrconv.FormatInt(x.Int(), 10)}
	case benchReflect.Uint, benchReflect.Uint8, benchReflect.Uint16, benchReflect.Uint32, benchReflect.Uint64, benchReflect.Uintptr:
		return benchValue{"t": "int", "v": benchStrconv.FormatUint(x.Uint(), 10)}
	case benchReflect.Float32, benchReflect.Float64:
		return benchValue{"t": "float", "v": benchFloat(x.Float())}
	case benchReflect.Complex64, benchReflect.Complex128:
		return benchValue{"t": "complex", "re": benchFloat(real(x.Complex())), "im": benchFloat(imag(x.Complex()))}
	case benchReflect.String:
		return benchValue{"t": "str", "v": x.String()}
	case benchReflect.Slice, benchReflect.Array:
		items := []any{}
		for at := 0; at < x.Len(); at++ {
			items = append(items, benchEncode(x.Index(at), depth+1))
		}
		return benchValue{"t": "list", "v": items}
	case benchReflect.Map:
		keys := x.MapKeys()
		benchSort.Slice(keys, func(a, b int) bool { return benchFmt.Sprint(keys[a]) < benchFmt.Sprint(keys[b]) })
		items := []any{}
		isSet := x.Type().Elem().Kind() == benchReflect.Struct && x.Type().Elem().NumField() == 0
		for _, key := range keys {
			if isSet {
				items = append(items, benchEncode(key, depth+1))
			} else {
				items = append(items, []any{benchEncode(key, depth+1), benchEncode(x.MapIndex(key), depth+1)})
			}
		}
		if isSet {
			return benchValue{"t": "set", "v": items}
		}
		return benchValue{"t": "dict", "v": items}
	case benchReflect.Pointer, benchReflect.Interface:
		if x.IsNil() {
			return benchValue{"t": "null"}
		}
		return benchEncode(x.Elem(), depth+1)
	case benchReflect.Struct:
		items := []any{}
		for at := 0; at < x.NumField(); at++ {
			name := benchValue{"t": "str", "v": x.Type().Field(at).Name}
			items = append(items, []any{name, benchEncode(x.Field(at), depth+1)})
		}
		return benchValue{"t": "dict", "v": items}
	}
	return benchValue{"t": "opaque", "type": x.Type().String(), "shown": ""}
}

func benchSay(message benchValue) {
	info, err := benchFile.Stat()
	text := ""
	if err == nil && info.Size() > benchPrinted {
		bytes := make([]byte, info.Size()-benchPrinted)
		benchFile.ReadAt(bytes, benchPrinted)
		benchPrinted = info.Size()
		text = string(bytes)
	}
	message["stdout"] = text
	message["output"] = benchPrinted
	line, _ := benchJson.Marshal(message)
	benchOut.Write(append(line, 10))
}

func benchRaised(message string, types ...string) benchValue {
	return benchValue{"raised": benchValue{"types": types, "message": message, "line": nil}}
}

func benchRow(row func() ([]any, []any)) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if err, ok := thrown.(benchRuntime.Error); ok {
				benchSay(benchRaised(err.Error(), "runtime.Error", "panic"))
			} else if err, ok := thrown.(error); ok {
				benchSay(benchRaised(err.Error(), benchFmt.Sprintf("%T", err), "panic"))
			} else {
				benchSay(benchRaised(benchFmt.Sprint(thrown), "panic"))
			}
		}
	}()
	results, args := row()
	if len(results) > 0 {
		last := results[len(results)-1]
		if err, ok := last.(error); ok && err != nil {
			types := []string{benchFmt.Sprintf("%T", err)}
			for inner := benchErrors.Unwrap(err); inner != nil; inner = benchErrors.Unwrap(inner) {
				types = append(types, benchFmt.Sprintf("%T", inner))
			}
			benchSay(benchRaised(err.Error(), append(types, "error")...))
			return
		}
		if benchLastIsError {
			results = results[:len(results)-1]
		}
	}
	value := benchValue{"t": "null"}
	if len(results) == 1 {
		value = benchEncode(benchReflect.ValueOf(results[0]), 0)
	} else if len(results) > 1 {
		items := []any{}
		for _, one := range results {
			items = append(items, benchEncode(benchReflect.ValueOf(one), 0))
		}
		value = benchValue{"t": "tuple", "v": items}
	}
	after := []any{}
	for _, one := range args {
		after = append(after, benchEncode(benchReflect.ValueOf(one), 0))
	}
	benchSay(benchValue{"value": value, "argsAfter": after})
}

const benchLastIsError = LAST_IS_ERROR

func main() {
	file, err := benchOs.CreateTemp("", "printed")
	if err != nil {
		panic(err)
	}
	benchFile = file
	benchOs.Stdout = file
	ROWS
}
