/// Sorts the elements of sets, and dictionaries whose keys are no strings. Their order of iteration
/// depends on the process's hash seed, but equal values must have equal bytes.
extension JSONWriter {
    /// Sorts by their bytes the elements that begin at `starts`, or the keys together with their
    /// values. All of them are complete, and the last one ends with the text.
    func sortElements(_ starts: [Int]) {
        guard starts.count > 1, let body = starts.first else { return }
        let length = count - body
        var parts: [Range<Int>] = []
        parts.reserveCapacity(starts.count)
        for (index, start) in starts.enumerated() {
            let stop = index + 1 < starts.count ? starts[index + 1] - 1 : count
            parts.append((start - body)..<(stop - body))
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { scratch in
            guard let copy = scratch.baseAddress else { return }
            copy.update(from: bytes + body, count: length)
            let text = UnsafeBufferPointer(scratch)
            parts.sort { text[$0].lexicographicallyPrecedes(text[$1]) }
            truncate(to: body)
            for part in parts {
                if count != body { append(UInt8(ascii: ",")) }
                end.update(from: copy + part.lowerBound, count: part.count)
                advance(by: part.count)
            }
        }
    }
}
