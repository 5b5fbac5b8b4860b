/**
 * A value of a guest language as it crosses a sandbox's border. Only exact built-in types are carried
 * (`type(x) is int`, never `isinstance`); anything else arrives as `opaque`, which equals nothing, so an object
 * that claims to be equal to everything cannot pass.
 *
 * The same encoding goes in (arguments, expected values) and comes out (what a call returned).
 */
export type Value =
  | { readonly t: 'null' } //                                           Python None, JavaScript null
  | { readonly t: 'undefined' } //                                      JavaScript only
  | { readonly t: 'bool'; readonly v: boolean }
  | { readonly t: 'int'; readonly v: string } //                        decimal digits: Python int, JavaScript bigint
  | { readonly t: 'float'; readonly v: number | 'nan' | 'inf' | '-inf' } // Python float, JavaScript number
  | { readonly t: 'complex'; readonly re: FloatValue; readonly im: FloatValue }
  | { readonly t: 'str'; readonly v: string }
  | { readonly t: 'bytes'; readonly v: string } //                      hex: bytes, bytearray, Uint8Array
  | { readonly t: 'list' | 'tuple' | 'set' | 'frozenset'; readonly v: readonly Value[] }
  | {
      readonly t: 'dict'; //                                              Python dict, JavaScript Map and plain object
      readonly v: readonly (readonly [Value, Value])[];
      /** Written as a block of keys: where they are numbers, JavaScript's object has texts. */
      readonly isBlock?: true;
    }
  | { readonly t: 'date'; readonly v: string } //                       ISO-8601: JavaScript Date
  | { readonly t: 'opaque'; readonly type: string; readonly shown: string };

export type FloatValue = Extract<Value, { t: 'float' }>['v'];

/** A JSON value: what files, request bodies and option objects are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };
