/// Writes FlatBuffers, the form of Arrow's metadata. Built from the end to the front, as the format
/// wants it: what is referred to comes first, and an offset is the distance from the end.
struct FlatBuffer {
    /// The bytes so far, last one first.
    private var reversed: [UInt8] = []
    private var alignment = 1
    private var vtables: [Int] = []
    private var fields: [(slot: Int, offset: Int)] = []
    private var tableStart = 0

    private var size: Int { reversed.count }

    // MARK: Vectors

    mutating func string(_ text: String) -> Int {
        let utf8 = Array(text.utf8)
        align(4, upcoming: utf8.count + 1)
        reversed.append(0)
        reversed += utf8.reversed()
        push(UInt32(utf8.count))
        return size
    }

    mutating func offsets(_ targets: [Int]) -> Int {
        align(4, upcoming: targets.count * 4)
        for target in targets.reversed() { pushOffset(target) }
        push(UInt32(targets.count))
        return size
    }

    /// Structs of two 64-bit numbers each.
    mutating func pairs(_ pairs: [(Int, Int)]) -> Int {
        align(8, upcoming: pairs.count * 16)
        for (first, second) in pairs.reversed() {
            push(Int64(second))
            push(Int64(first))
        }
        push(UInt32(pairs.count))
        return size
    }

    // MARK: Tables

    /// Fields are laid down in the order in which `body` adds them.
    mutating func table(_ body: (inout FlatBuffer) -> Void) -> Int {
        fields = []
        tableStart = size
        body(&self)
        push(Int32(0))  // Where the vtable's distance will stand.
        let table = size
        let slots = (fields.map(\.slot).max() ?? -1) + 1
        var vtable = [UInt16](repeating: 0, count: slots + 2)
        vtable[0] = UInt16(4 + 2 * slots)
        vtable[1] = UInt16(table - tableStart)
        for (slot, offset) in fields { vtable[slot + 2] = UInt16(table - offset) }
        let bytes = vtable.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let known = vtables.first { position in
            position >= bytes.count
                && reversed[(position - bytes.count)..<position].elementsEqual(bytes.reversed())
        }
        if known == nil {
            reversed += bytes.reversed()
            vtables.append(size)
        }
        let distance = Int32((known ?? size) - table)
        withUnsafeBytes(of: distance.littleEndian) { raw in
            for (index, byte) in raw.enumerated() { reversed[table - 1 - index] = byte }
        }
        return table
    }

    mutating func field<Number: FixedWidthInteger>(
        _ slot: Int, _ number: Number, evenIfZero: Bool = false
    ) {
        // Zero is what stands there anyway, unless the format has another default.
        if number == 0, !evenIfZero { return }
        push(number)
        fields.append((slot, size))
    }

    mutating func field(_ slot: Int, _ flag: Bool) { field(slot, UInt8(flag ? 1 : 0)) }

    mutating func field(_ slot: Int, at target: Int) {
        pushOffset(target)
        fields.append((slot, size))
    }

    /// The whole, with the root in front.
    consuming func finish(_ root: Int) -> [UInt8] {
        align(max(4, alignment), upcoming: 4)
        pushOffset(root)
        return reversed.reversed()
    }

    // MARK: Bytes

    private mutating func push<Number: FixedWidthInteger>(_ number: Number) {
        align(MemoryLayout<Number>.size, upcoming: 0)
        withUnsafeBytes(of: number.bigEndian) { reversed += $0 }
    }

    private mutating func pushOffset(_ target: Int) {
        align(4, upcoming: 0)
        push(UInt32(size - target + 4))
    }

    /// So that what follows the next `upcoming` bytes stands at a multiple of `unit`.
    private mutating func align(_ unit: Int, upcoming: Int) {
        alignment = max(alignment, unit)
        while (size + upcoming) % unit != 0 { reversed.append(0) }
    }
}
