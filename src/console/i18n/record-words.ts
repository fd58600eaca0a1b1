// Words of the record form. Names and codes of fields come from the service's field table.

export const recordZh = {
  edit: '编辑档案', create: '新建档案', newTitle: '新建档案', editTitle: '编辑档案：{name}', save: '保存', saved: '档案已保存。', savedWith: '档案已保存，有 {n} 处需要改正或核对，见各项下的说明。', nothing: '没有改动。',
  why: '修改说明', whyHint: '写入历史，例如：现场核对。', mandatory: '必填', checked: '核查四项之一', choose: '（未填）', add: '添加…', remove: '去掉 {what}', notInTable: '不在代码表中', personal: '个人信息，按权限显示',
  reported: '设备上报：{value}', take: '采用', codeMissing: '请填写设备编码。', tooLong: '{n} 字，最多 {most} 字', tooLongSave: '“{field}”太长：最多 {most} 字。内容还在，请删短后保存。', noDivision: '行政区划表中没有 {code}', withdrawn: '{name}（已撤销{now}）', nowIs: '，现为 {name}',
  conflict: '您打开之后，别人改过这份档案。您的改动还在，尚未保存。', conflictOthers: '别人改了：{fields}；已换成新值。', conflictBoth: '两边都改了“{field}”：对方改为“{theirs}”，您填的是“{mine}”。', empty: '空', keepTheirs: '用对方的', again: '核对后请再次保存。',
  count: '{filled} / {all} 项', notAllowed: '您的角色不能修改档案。', retired: '已停用的档案不能编辑。', leave: '改动还没有保存，确定离开吗？',
}

export const recordEn: typeof recordZh = {
  edit: 'Edit', create: 'New record', newTitle: 'New record', editTitle: 'Edit: {name}', save: 'Save', saved: 'The record is saved.', savedWith: 'The record is saved; {n} thing is to be put right or looked at, see below the fields. | The record is saved; {n} things are to be put right or looked at, see below the fields.', nothing: 'Nothing was changed.',
  why: 'Why', whyHint: 'Kept in the history, for example: checked on site.', mandatory: 'required', checked: 'one of the four checked fields', choose: '(empty)', add: 'Add…', remove: 'Remove {what}', notInTable: 'not in the table', personal: 'personal, shown by permission',
  reported: 'The device reports: {value}', take: 'Take it', codeMissing: 'Enter the device code.', tooLong: '{n} of at most {most} characters', tooLongSave: '“{field}” is too long: at most {most} characters. It is still here; shorten it and save.', noDivision: 'The table of divisions has no {code}', withdrawn: '{name} (withdrawn{now})', nowIs: ', now {name}',
  conflict: 'Somebody changed this record after you opened it. Your changes are still here and not saved yet.', conflictOthers: 'Others changed: {fields}; the new values are shown.', conflictBoth: 'Both changed “{field}”: theirs is “{theirs}”, yours “{mine}”.', empty: 'empty', keepTheirs: 'Take theirs', again: 'Look it over and save again.',
  count: '{filled} of {all}', notAllowed: 'Your role does not allow changing records.', retired: 'A retired record cannot be edited.', leave: 'Your changes are not saved. Leave all the same?',
}
