/// Writes FlatBuffers, the format of Arrow's metadata. It is built from the end to the front,
/// because an object must be written before what refers to it. An offset here is the distance from
/// the end.
struct FlatBuffer {
    /// The bytes so far, in reverse order.
    private var reversed: [UInt8] = []
    private var alignment = 1
    /// The vtables so far. Tables with the same layout share one.
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

    /// Writes a vector of structs with two 64-bit numbers each.
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

    /// Writes a table. Its fields are laid out in the order in which `body` adds them.
    mutating func table(_ body: (inout FlatBuffer) -> Void) -> Int {
        fields = []
        tableStart = size
        body(&self)
        push(Int32(0))  // The vtable's distance is filled in below.
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
        // A field that is left out is read as zero, unless the format defines another default.
        if number == 0, !evenIfZero { return }
        push(number)
        fields.append((slot, size))
    }

    mutating func field(_ slot: Int, _ flag: Bool) { field(slot, UInt8(flag ? 1 : 0)) }

    mutating func field(_ slot: Int, at target: Int) {
        pushOffset(target)
        fields.append((slot, size))
    }

    /// Returns the whole buffer, which begins with the offset of the root.
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

    /// Adds padding so that what follows the next `upcoming` bytes begins at a multiple of `unit`.
    private mutating func align(_ unit: Int, upcoming: Int) {
        alignment = max(alignment, unit)
        while (size + upcoming) % unit != 0 { reversed.append(0) }
    }
}
