/// Tells whether bytes are valid UTF-8.
///
/// ASCII, which is the usual case, is recognized eight bytes at a time. The standard library's
/// check is the fallback, because calling it costs more than scanning a short text.
package func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    isASCII(UnsafeRawBufferPointer(bytes)) || String(validating: bytes, as: UTF8.self) != nil
}

package func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { isUTF8($0) }
}

private func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 != 0 { return false }
        index += 8
    }
    while index < bytes.count {
        if bytes[index] >= 0x80 { return false }
        index += 1
    }
    return true
}
