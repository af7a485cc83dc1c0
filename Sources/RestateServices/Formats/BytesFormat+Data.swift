#if !WithoutFoundation
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Foundation's `Data` among the types that are made of bytes.
extension BytesFormat {
    static let types = "[UInt8], ArraySlice<UInt8> and Data are"

    static func bytes<Value>(ofData value: Value) -> [UInt8]? { (value as? Data).map(Array.init) }

    /// Returns the bytes as `Value`, if that is `Data` or an optional of it.
    static func data<Value>(_ bytes: [UInt8], as type: Value.Type) -> Value? {
        Data(bytes) as? Value
    }
}
#else
extension BytesFormat {
    static let types =
        "[UInt8] and ArraySlice<UInt8> are; Foundation's Data is only without the package trait WithoutFoundation"

    static func bytes<Value>(ofData value: Value) -> [UInt8]? { nil }

    static func data<Value>(_ bytes: [UInt8], as type: Value.Type) -> Value? { nil }
}
#endif
