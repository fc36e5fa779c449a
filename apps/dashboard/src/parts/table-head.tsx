/** A heading, with the class of its cells: `number`, and when a narrow table leaves the column out. */
type Column = readonly [label: string, className?: string];

interface TableHeadProps {
  readonly columns: readonly Column[];
  /** A last column of buttons. Its heading is for screen readers. */
  readonly acts?: string | false | undefined;
}

/** The headings of a table that has one order. */
export function TableHead({ columns, acts }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {columns.map(([label, className], index) => (
          <th key={index} scope="col" class={className}>
            {label}
          </th>
        ))}
        {acts && (
          <th scope="col">
            <span class="unseen">{acts}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
